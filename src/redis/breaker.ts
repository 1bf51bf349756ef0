/**
 * The circuit breaker: leaves a failing Redis alone for a moment instead of letting every caller wait for its deadline.
 *
 *     closed ──(too many of a window's calls failed)──▶ open ──(its time is over)──▶ half-open ──(the probe answers)──▶ closed
 *                                                        ▲                              │
 *                                                        └────────(the probe fails)─────┘
 *
 * While open nothing is sent. Half-open lets one call through, whichever comes first; all others are refused until it has
 * ended. Only failures that a pause can mend count (Nygard, Release It!, 2007; the window follows resilience4j's).
 */
import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import { CircuitOpenError, type FailureKind } from '../base/errors.ts'
import type { BreakerStateName, RedisEvent } from './events.ts'
import { failureOf } from './failure.ts'

export interface BreakerOptions {
  /** Opens when at least this share of a window's calls failed. @default 0.5 */
  readonly failureRatio: number
  /** Calls that a window must hold before it is judged. @default 5 */
  readonly minimumCalls: number
  readonly windowMs: number
  readonly openMs: number
}

type BreakerState =
  | { readonly name: 'closed'; sinceMs: number; calls: number; failures: number }
  | { readonly name: 'open'; readonly untilMs: number }
  | { readonly name: 'half-open' }

export interface Breaker {
  readonly state: BreakerStateName
  /** Throws a CircuitOpenError where {@link run} would refuse now, and changes nothing. */
  admit(): void
  /** Runs `work`, or refuses with a CircuitOpenError without running it. */
  run<T>(work: () => Promise<T>): Promise<T>
}

const TRANSIENT: ReadonlySet<FailureKind> = new Set(['connection', 'timeout', 'loading', 'cluster'])

export interface BreakerDeps {
  readonly clock: Clock
  readonly events: Emitter<RedisEvent>
  readonly address: string
}

export function createBreaker(options: BreakerOptions, { clock, events, address }: BreakerDeps): Breaker {
  const closed = (): BreakerState => ({ name: 'closed', sinceMs: clock.monoMs(), calls: 0, failures: 0 })
  let state = closed()

  const become = (next: BreakerState): void => {
    const from = state.name
    state = next
    events.emit({ type: 'breaker', from, to: next.name })
  }
  const open = (): void => become({ name: 'open', untilMs: clock.monoMs() + options.openMs })

  const refuse = (): never => {
    throw new CircuitOpenError(`Redis at ${address} failed repeatedly and is left alone for up to ${options.openMs} ms`)
  }
  const count = (failed: boolean): void => {
    // A call that began in another state says nothing about this one.
    if (state.name !== 'closed') return
    if (clock.monoMs() - state.sinceMs > options.windowMs) state = closed()
    if (state.name !== 'closed') return
    state.calls += 1
    if (failed) state.failures += 1
    if (state.calls >= options.minimumCalls && state.failures / state.calls >= options.failureRatio) open()
  }
  const probe = async <T>(work: () => Promise<T>): Promise<T> => {
    become({ name: 'half-open' })
    try {
      const result = await work()
      become(closed())
      return result
    } catch (error) {
      // Any answer, even a refusal, shows that Redis is there again.
      if (isTransient(error)) open()
      else become(closed())
      throw error
    }
  }

  const admit = (): void => {
    if (state.name === 'half-open' || (state.name === 'open' && clock.monoMs() < state.untilMs)) refuse()
  }

  return {
    get state() {
      return state.name
    },
    admit,
    async run(work) {
      admit()
      if (state.name === 'open') return probe(work)
      try {
        const result = await work()
        count(false)
        return result
      } catch (error) {
        count(isTransient(error))
        throw error
      }
    },
  }
}

function isTransient(error: unknown): boolean {
  const failure = failureOf(error)
  return failure !== undefined && TRANSIENT.has(failure)
}
