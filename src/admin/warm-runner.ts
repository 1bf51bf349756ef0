/** The warm-up that an operator begins: one at a time in this process, with its progress for all who look. */
import type { Clock } from '../base/clock.ts'
import type { Cache } from '../cache/cache.ts'
import type { WarmStep } from '../cache/warm.ts'
import type { WarmStatus } from './contract/invalidation.ts'

const MAX_FAILURES = 10
/** Progress is told at most so often: a warm-up of thousands must not flood the streams. */
const TELL_EVERY_MS = 250

export interface WarmRunner {
  status(): WarmStatus
  /** Begins it; false when one is running. */
  begin(steps: readonly WarmStep[], by: string): boolean
  close(): Promise<void>
}

export interface WarmRunnerDeps {
  readonly cache: Pick<Cache, 'warm'>
  readonly clock: Clock
  readonly stepNames: () => readonly string[]
  readonly tell: (status: WarmStatus) => void
  readonly onError: (error: unknown) => void
}

export function createWarmRunner({ cache, clock, stepNames, tell, onError }: WarmRunnerDeps): WarmRunner {
  const idle = { done: 0, failed: 0, total: null, startedAtMs: null, finishedAtMs: null, by: null, failures: [] }
  let status: Omit<WarmStatus, 'steps'> & { readonly steps?: readonly string[] } = { state: 'idle', ...idle }
  let toldMs = Number.NEGATIVE_INFINITY
  let running: Promise<void> | undefined
  const stop = new AbortController()

  const current = (): WarmStatus => ({ steps: stepNames(), ...status })
  const update = (change: Partial<WarmStatus>, always: boolean): void => {
    status = { ...status, ...change }
    if (!always && clock.monoMs() - toldMs < TELL_EVERY_MS) return
    toldMs = clock.monoMs()
    tell(current())
  }
  const run = async (steps: readonly WarmStep[]): Promise<void> => {
    try {
      const { state, failures } = await cache.warm(steps, {
        signal: stop.signal,
        onProgress: ({ done, failed, total }) => update({ done, failed, total: total ?? null }, false),
      })
      const told = failures.slice(0, MAX_FAILURES).map(({ step, key, error }) => ({
        step,
        key: key ?? null,
        message: error instanceof Error ? error.message : String(error),
      }))
      update({ state: state === 'complete' ? 'done' : 'failed', failures: told, finishedAtMs: clock.wallMs() }, true)
    } catch (error) {
      onError(error)
      update({ state: 'failed', finishedAtMs: clock.wallMs() }, true)
    }
    running = undefined
  }
  return {
    status: current,
    begin(steps, by) {
      if (running) return false
      update({ ...idle, state: 'running', by, startedAtMs: clock.wallMs() }, true)
      running = run(steps)
      return true
    },
    async close() {
      stop.abort()
      await running
    },
  }
}
