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
  /** The CircuitOpenError with which {@link run} would refuse now; changes nothing. */
  refusal(): CircuitOpenError | undefined
  /** Runs `work`, whose failure is told to `failed`, or refuses with a CircuitOpenError without running it. */
  run<T>(work: () => Promise<T>, failed?: (error: unknown) => void): Promise<T>
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

  const count = (failed: boolean): void => {
    // A call that began in another state says nothing about this one.
    if (state.name !== 'closed') return
    if (clock.monoMs() - state.sinceMs > options.windowMs) state = closed()
    if (state.name !== 'closed') return
    state.calls += 1
    if (failed) state.failures += 1
    if (state.calls >= options.minimumCalls && state.failures / state.calls >= options.failureRatio) open()
  }

  const refusal = (): CircuitOpenError | undefined => {
    const isShut = state.name === 'half-open' || (state.name === 'open' && clock.monoMs() < state.untilMs)
    if (!isShut) return undefined
    return new CircuitOpenError(
      `Redis at ${address} failed repeatedly and is left alone for up to ${options.openMs} ms`,
    )
  }

  return {
    get state() {
      return state.name
    },
    refusal,
    run(work, failed) {
      const refused = refusal()
      if (refused) return Promise.reject(refused)
      const isProbe = state.name === 'open'
      if (isProbe) become({ name: 'half-open' })
      return begun(work).then(
        (result) => {
          if (isProbe) become(closed())
          else count(false)
          return result
        },
        (error: unknown) => {
          failed?.(error)
          if (!isProbe) count(isTransient(error))
          // Any answer, even a refusal, shows that Redis is there again.
          else if (isTransient(error)) open()
          else become(closed())
          throw error
        },
      )
    },
  }
}

/** What throws at once counts as what rejects: else a probe that does would leave the breaker half open for ever. */
function begun<T>(work: () => Promise<T>): Promise<T> {
  try {
    return work()
  } catch (error) {
    return Promise.reject(error)
  }
}

function isTransient(error: unknown): boolean {
  const failure = failureOf(error)
  return failure !== undefined && TRANSIENT.has(failure)
}
