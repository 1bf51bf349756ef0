/** The processes of staleness runs and the source of truth that they read and change: a version per key, in this process. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { seeded } from '../seeded.ts'
import { makeTrouble, type RunningProcess } from './faults.ts'
import { PROCESSES, startGround, type Ground, type TopologyName } from './ground.ts'
import { nowMs, type FaultRecord, type HistoryRecord } from './history.ts'
import { judgeHistory, traceOf, type Verdict } from './oracle.ts'
import type { SubjectName } from './subject.ts'
import type { FromParent, RunRequest, ToParent } from './worker.ts'

export interface RunOptions {
  readonly seed: number
  /** @default 'holdfast' */
  readonly subject?: SubjectName
  /** X of the promise. @default 300 */
  readonly boundMs?: number
  /** @default what the topology needs */
  readonly durationMs?: number
}

export interface RunResult extends Verdict {
  readonly seed: number
  readonly faults: readonly FaultRecord[]
  /** What happened around the first violations, to be read. */
  readonly traces: readonly string[]
}

export interface StalenessFleet extends AsyncDisposable {
  run(options: RunOptions): Promise<RunResult>
}

const PATCHED_SOURCE = new URL('../../simulation/controls/patched-source.ts', import.meta.url).href
const TRACES = 3

interface Worker extends RunningProcess {
  run(request: RunRequest): Promise<readonly HistoryRecord[]>
  stop(): Promise<void>
}

/** @param without a negative control of the simulation (test/simulation/controls/): what the processes lack */
export async function startFleet(topology: TopologyName = 'standalone', without = ''): Promise<StalenessFleet> {
  const ground = await startGround(topology)
  const versions = new Map<string, number>()
  const source: Source = (key, commit) => {
    const version = (versions.get(key) ?? 0) + (commit ? 1 : 0)
    versions.set(key, version)
    return version
  }
  const workers = await Promise.all(Array.from({ length: PROCESSES }, () => startWorker(source, without)))
  return {
    async run(options) {
      versions.clear()
      await ground.settled()
      return runOnce({ ground, workers }, options)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.stop()))
      await ground.stop()
    },
  }
}

interface Parts {
  readonly ground: Ground
  readonly workers: readonly Worker[]
}

async function runOnce(
  { ground, workers }: Parts,
  { seed, subject = 'holdfast', boundMs = 300, durationMs = ground.durationMs }: RunOptions,
): Promise<RunResult> {
  const namespace = `staleness-${seed}-${Math.trunc(nowMs())}`
  const request = { op: 'run', subject, namespace, seed, boundMs, durationMs } as const
  const world = { workers, namespace, boundMs }
  const running = workers.map((worker, index) => {
    return worker.run({ ...request, redis: ground.redisOf(index), worker: index })
  })
  // The last part is undisturbed, so that what the trouble left behind is read.
  const [faults, ...histories] = await Promise.all([
    makeTrouble(ground.faults, world, seeded(seed), nowMs() + durationMs - 2 * boundMs),
    ...running,
  ])
  const records = histories.flat()
  const verdict = judgeHistory(records, boundMs)
  const traces = verdict.violations.slice(0, TRACES).map((violation) => traceOf(violation, records, faults))
  return { seed, ...verdict, faults, traces }
}

type Source = (key: string, commit: boolean) => number

/** A place in the fleet: one process at a time, and another when that one is killed. */
async function startWorker(source: Source, without: string): Promise<Worker> {
  let current = await startProcess(source, without)
  let work: { readonly request: RunRequest; readonly untilMs: number; readonly ended: Ended } | undefined
  const begin = (request: RunRequest, ended: Ended): void => {
    current.run(request).then(ended.resolve, (error: unknown) => {
      // Whoever was killed takes what it saw with it; the next one does the rest of its work.
      if (!current.isReplaced) ended.reject(error)
    })
  }
  return {
    kill: (signal) => void current.child.kill(signal),
    async replace() {
      current.isReplaced = true
      current.child.kill('SIGKILL')
      current = await startProcess(source, without)
      if (!work) return
      const durationMs = Math.max(0, work.untilMs - nowMs())
      begin({ ...work.request, seed: work.request.seed + 1, durationMs }, work.ended)
    },
    run(request) {
      const ended: Ended = Promise.withResolvers()
      work = { request, untilMs: nowMs() + request.durationMs, ended }
      begin(request, ended)
      return ended.promise
    },
    stop: () => stopped(current.child),
  }
}

type Ended = PromiseWithResolvers<readonly HistoryRecord[]>

interface WorkerProcess {
  readonly child: ChildProcess
  isReplaced: boolean
  run(request: RunRequest): Promise<readonly HistoryRecord[]>
}

async function startProcess(source: Source, without: string): Promise<WorkerProcess> {
  const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), {
    execArgv: [...process.execArgv, ...(without === '' ? [] : ['--import', PATCHED_SOURCE])],
    env: { ...process.env, HOLDFAST_SIMULATION_CONTROL: without },
  })
  let ended: Ended | undefined
  const ready = Promise.withResolvers<void>()
  // It may have been killed since it asked; its exit says so.
  const tell = (message: FromParent): void => void (child.connected && child.send(message, () => undefined))
  child.on('message', (message: ToParent) => {
    if (message.op === 'ready') ready.resolve()
    else if (message.op === 'history') ended?.resolve(message.records)
    else tell({ op: 'version', id: message.id, version: source(message.key, message.commit) })
  })
  child.once('exit', (code, signal) => {
    const error = new Error(`A process of the run ended by itself: code ${code}, signal ${signal}`)
    ready.reject(error)
    ended?.reject(error)
  })
  await ready.promise
  return {
    child,
    isReplaced: false,
    run(request) {
      ended = Promise.withResolvers()
      tell(request)
      return ended.promise
    },
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGCONT')
  if (child.connected) child.disconnect()
  await exited
}

/** One line for people. */
export function summary(results: readonly RunResult[]): string {
  const sum = (of: (result: RunResult) => number): number => results.reduce((total, result) => total + of(result), 0)
  const worst = Math.max(0, ...results.map(({ worstMs }) => worstMs))
  return [
    `${results.length} runs`,
    `${sum(({ reads }) => reads)} reads (${sum(({ strictReads }) => strictReads)} strict)`,
    `${sum(({ invalidations }) => invalidations)} invalidations (${sum(({ acknowledged }) => acknowledged)} acknowledged)`,
    `${sum(({ faults }) => faults.length)} faults`,
    `${sum(({ behind }) => behind.length)} reads behind, by ${worst.toFixed(1)} ms at most`,
    `${sum(({ errors }) => errors.length)} rejected calls`,
    `${sum(({ violations }) => violations.length)} violations`,
  ].join(', ')
}
