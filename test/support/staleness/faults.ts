/** What goes wrong during a staleness run: what a fault is, when they happen, and those of the processes themselves. */
import { setTimeout as pause } from 'node:timers/promises'

import type { Seeded } from '../seeded.ts'
import { nowMs, type FaultRecord } from './history.ts'

export interface RunningProcess {
  kill(signal: NodeJS.Signals): void
  /** Kills it and starts another, which does what is left of its work. */
  replace(): Promise<void>
}

/** What every fault may know of, whatever Redis is made of. */
export interface RunWorld {
  readonly workers: readonly RunningProcess[]
  readonly namespace: string
  readonly boundMs: number
}

/** Does one harm and undoes it; its name is its kind, and what it resolves to says what it did, for people. */
export type Fault<In extends RunWorld = RunWorld> = (world: In, random: Seeded) => Promise<string>

/** A fault by another name than its function's. */
export function named(name: string, fault: Fault): Fault {
  return Object.defineProperty(fault, 'name', { value: name })
}

export async function processStopped({ workers, boundMs }: RunWorld, random: Seeded): Promise<string> {
  const index = random.below(workers.length)
  workers[index]?.kill('SIGSTOP')
  const forMs = boundMs + 50 + random.below(300)
  await pause(forMs)
  workers[index]?.kill('SIGCONT')
  return `process ${index} stopped for ${forMs} ms`
}

/** A client that dies in the middle of whatever it does; another one begins in its place. */
export async function processKilled({ workers }: RunWorld, random: Seeded): Promise<string> {
  const index = random.below(workers.length)
  await workers[index]?.replace()
  return `process ${index} killed and another one started`
}

/** Lets things go wrong, one after the other, until `untilMs`; everything is up again when it resolves. */
export async function makeTrouble(
  faults: readonly Fault[],
  world: RunWorld,
  random: Seeded,
  untilMs: number,
): Promise<readonly FaultRecord[]> {
  const done: FaultRecord[] = []
  for (;;) {
    await pause(80 + random.below(250))
    const fault = faults[random.below(faults.length)]
    if (!fault || nowMs() > untilMs) return done
    const began = nowMs()
    const text = await fault(world, random)
    const endedMs = nowMs()
    const told = `${text} (until +${(endedMs - began).toFixed(0)} ms)`
    done.push({ atMs: began, endedMs, kind: fault.name, text: told })
  }
}
