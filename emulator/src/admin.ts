/**
 * What a test in another process, or by hand with curl, does to a running emulator: POST `/__admin/<verb>` with a JSON body.
 * No token is asked for: an emulator listens on this machine.
 */
import type { Fault } from './faults.ts'
import type { Latency } from './latency.ts'

/** The parts of an emulator that are reached by path. */
export interface Administered {
  latency(next: Latency): void
  fault(fault: Fault): void
  counts(): Readonly<Record<string, number>>
  resetCounts(): void
  /** Drops every collection, count and fault. */
  reset(): void
}

/** @returns the body of the answer; undefined when there is nothing at that path. @throws RangeError, SyntaxError */
export function administer(emulator: Administered, pathname: string, body: string): object | undefined {
  switch (/^\/__admin\/([a-z-]+)$/.exec(pathname)?.[1]) {
    case 'reset':
      emulator.reset()
      return { ok: 1 }
    case 'counts':
      return emulator.counts()
    case 'reset-counts':
      emulator.resetCounts()
      return { ok: 1 }
    case 'latency':
      emulator.latency(JSON.parse(body) as Latency)
      return { ok: 1 }
    case 'fault':
      emulator.fault(JSON.parse(body) as Fault)
      return { ok: 1 }
    default:
      return undefined
  }
}
