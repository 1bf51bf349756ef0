/** One run: a fleet, its Redis, its callers and its faults, from a seed; and what the oracle found. */
import type { Violation } from '../oracle/history.ts'
import { ms, Oracle, type Worst } from '../oracle/oracle.ts'
import { Deployment } from '../redis/deployment.ts'
import { dice } from '../time/dice.ts'
import { Scheduler, WORLD } from '../time/scheduler.ts'
import { startFaults } from './faults.ts'
import { planOf, type Plan } from './plan.ts'
import { Process } from './process.ts'
import { watchEntries } from './watch-entries.ts'
import { KEYS, startWorkload } from './workload.ts'

export interface RunResult {
  readonly seed: number
  readonly plan: Plan
  readonly violations: readonly Violation[]
  readonly worst: Worst
  readonly reads: number
  readonly loads: number
  readonly acknowledged: number
  readonly events: number
}

export interface RunOptions {
  /** Called with each thing that happens; costs time. */
  readonly trace?: (line: string) => void
  /** Other plans than the seed's own. */
  readonly plan?: (plan: Plan) => Plan
}

const LAST_READS_MS = 200

export async function run(
  seed: number,
  { trace: print, plan: adapt = (plan) => plan }: RunOptions = {},
): Promise<RunResult> {
  const chance = dice(seed)
  const plan = adapt(planOf(chance.fork()))
  const scheduler = new Scheduler()
  const oracle = new Oracle({
    boundUs: plan.boundMs * 1000,
    // A storm may be bent out of a calm plan.
    isCalm: plan.isCalm && plan.faults.length === 0,
  })
  const trace = print
    ? (line: () => string): void => print(`${ms({ us: scheduler.nowUs }).padStart(10)}  ${line()}`)
    : silent
  let order = 0
  const now = (): { us: number; order: number } => {
    order += 1
    return { us: scheduler.nowUs, order }
  }
  trace(() => `seed ${seed}: ${JSON.stringify(plan)}`)

  const deployment = new Deployment({ ...plan, scheduler, dice: chance.fork(), trace })
  watchEntries(deployment.servers, {
    // A process that folds knows a floor of its own, and calls old what the head does not.
    isJudged: plan.markLimits === undefined,
    report: (kind, what) => oracle.report(kind, now(), what),
  })
  const processes: Process[] = []
  let started = 0
  const start = (at: number): void => {
    started += 1
    const forked = chance.fork()
    const process = new Process({ name: `p${started}`, plan, scheduler, dice: forked, deployment, oracle, now, trace })
    processes[at] = process
    startWorkload(process, plan, forked.fork(), scheduler)
  }
  for (let index = 0; index < plan.processes; index += 1) start(index)
  const replace = (process: Process): void => {
    const at = processes.indexOf(process)
    process.machine.crash()
    scheduler.after(chance.below(50_000), WORLD, () => {
      if (processes[at] === process) start(at)
    })
  }
  startFaults({ plan, scheduler, dice: chance.fork(), deployment, processes, replace, trace })

  await scheduler.runUntil(1000 * (plan.busyMs + plan.quietMs + 3 * plan.boundMs + 4 * plan.loadMs))
  const alive = processes.filter(({ machine }) => machine.isAlive)
  for (const process of alive) {
    for (const read of process.open) {
      oracle.report('unbounded-wait', now(), `${process.name} has read ${read.key} since ${ms(read.began)}`)
    }
  }
  // Now that all is well again: everything acknowledged counts, whatever the bound.
  for (const process of alive) {
    for (const key of KEYS) {
      for (const isStrict of [false, true]) {
        void process.read([key], { mode: 'get-or-set', isStrict, options: { ttl: plan.ttlMs, staleIfError: 0 } })
      }
    }
  }
  await scheduler.runUntil(scheduler.nowUs + 1000 * (LAST_READS_MS + 6 * plan.loadMs))
  for (const process of alive) {
    const { state } = process.cache.health()
    if (state !== 'ok') oracle.report('not-healed', now(), `${process.name} is ${state} at the end`)
    if (process.queued > 0)
      oracle.report('not-healed', now(), `${process.name} has ${process.queued} invalidations queued at the end`)
    if (process.open.size > 0) oracle.report('not-healed', now(), `${process.name} has reads open at the end`)
  }
  return {
    seed,
    plan,
    violations: oracle.violations,
    worst: oracle.worst,
    reads: oracle.reads,
    loads: oracle.loads.length,
    acknowledged: oracle.invalidations.filter(({ acknowledged }) => acknowledged).length,
    events: scheduler.events,
  }
}

function silent(): void {}
