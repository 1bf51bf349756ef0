/** What goes wrong in a run, when and to whom. */
import type { Deployment } from '../redis/deployment.ts'
import type { Dice } from '../time/dice.ts'
import { WORLD, type Scheduler } from '../time/scheduler.ts'
import type { Fault, Plan } from './plan.ts'
import type { Process } from './process.ts'

export interface FaultsDeps {
  readonly plan: Plan
  readonly scheduler: Scheduler
  readonly dice: Dice
  readonly deployment: Deployment
  readonly processes: readonly Process[]
  /** Ends a process as a crash does, and starts a new one in its place. */
  readonly replace: (process: Process) => void
  readonly trace: (line: () => string) => void
}

export function startFaults(deps: FaultsDeps): void {
  const { plan, scheduler, dice } = deps
  const [first, ...rest] = plan.faults
  if (first === undefined) return
  const step = (): void => {
    if (scheduler.nowUs > plan.busyMs * 1000) return
    happen(dice.pick([first, ...rest]), deps)
    scheduler.after(dice.fraction() * 2000 * plan.faultEveryMs, WORLD, step)
  }
  scheduler.after(dice.fraction() * 1000 * plan.faultEveryMs, WORLD, step)
}

function happen(fault: Fault, { plan, scheduler, dice, deployment, processes, replace, trace }: FaultsDeps): void {
  const [first, ...others] = processes
  if (!first) return
  const process = dice.pick([first, ...others])
  const { machine } = process
  const [connection, ...more] = process.redis.connections
  const whileUs = dice.between(1000, 3000 * plan.boundMs)
  switch (fault) {
    case 'connection-lost':
      if (connection) dice.pick([connection, ...more]).lose()
      return
    case 'connection-deaf':
      if (connection) dice.pick([connection, ...more]).goDeaf(whileUs)
      return
    case 'stall': {
      const stall = (): void => {
        if (scheduler.nowUs > plan.busyMs * 1000) return
        trace(() => `${process.name} stalls for ${whileUs} µs`)
        machine.stall(whileUs)
      }
      // The worst moment is while an answer is under way: it is read when what it says is old.
      if (dice.chance(0.5)) process.redis.onNextSent(stall)
      else stall()
      if (dice.chance(0.3)) process.redis.connections[2]?.lose()
      return
    }
    case 'suspend':
      trace(() => `${process.name} is suspended for ${whileUs} µs`)
      machine.suspend(whileUs)
      return
    case 'crash':
      trace(() => `${process.name} crashes`)
      replace(process)
      return
    case 'wall-jump': {
      // A suspended machine has its wall clock alone, and one that is set back too has none: assumption A3.
      const byUs = dice.between(plan.faults.includes('suspend') ? 0 : -2_000_000, 2_000_000)
      trace(() => `the wall clock of ${process.name} jumps by ${byUs} µs`)
      machine.jumpWall(byUs)
      return
    }
    case 'server-clock-jump': {
      const byUs = dice.between(-2_000_000, 2_000_000)
      trace(() => `the clock of ${deployment.primary.name} jumps by ${byUs} µs`)
      deployment.primary.jumpClock(byUs)
      return
    }
    case 'failover':
      deployment.failover()
      return
    case 'restart':
      deployment.restart()
      return
    case 'eviction':
      deployment.evict()
      return
    case 'trim':
      deployment.trim()
      return
    case 'slow-network':
      // It is so from the beginning: plan.ts.
      return
  }
}
