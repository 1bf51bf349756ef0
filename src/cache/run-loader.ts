import type { Duration } from '../base/duration.ts'
import { LoaderTimeoutError } from '../base/errors.ts'
import { checkTag } from '../keys/key.ts'
import type { CacheDeps } from './deps.ts'
import { positiveMs } from './options.ts'

/** What a loader may say about the value that it loads. */
export interface LoadContext {
  /** Adds tags that are known only from the value. */
  readonly tag: (...tags: readonly string[]) => void
  /** Sets how long this value is fresh. */
  readonly ttl: (ttl: Duration) => void
  /** Aborted when the loader's `timeout` has passed. */
  readonly signal: AbortSignal
}

/** Produces the value of a key from the source. `undefined` means: nothing to cache. */
export type Loader<T> = (context: LoadContext) => Promise<T> | T

/** What a loader has said so far, on top of what its caller asked for. */
export interface Said {
  ttlMs: number
  readonly tags: Set<string>
}

/** Runs a loader within its timeout, and tells when it failed. @throws LoaderTimeoutError, and whatever the loader throws */
export async function runLoader(
  { clock, events }: Pick<CacheDeps, 'clock' | 'events'>,
  key: string,
  loader: Loader<unknown>,
  said: Said,
  timeoutMs: number | undefined,
): Promise<unknown> {
  const abort = new AbortController()
  const startedMs = clock.monoMs()
  let cancel = (): void => undefined
  const context: LoadContext = {
    tag(...tags) {
      for (const tag of tags) said.tags.add(checkTag(tag))
    },
    ttl(ttl) {
      said.ttlMs = positiveMs(ttl, 'ttl')
    },
    signal: abort.signal,
  }
  try {
    const work = Promise.resolve(loader(context))
    if (timeoutMs === undefined) return await work
    const late = new Promise<never>((_resolve, reject) => {
      cancel = clock.after(timeoutMs, () =>
        reject(new LoaderTimeoutError(`The loader of ${JSON.stringify(key)} did not finish within ${timeoutMs} ms`)),
      )
    })
    return await Promise.race([work, late])
  } catch (error) {
    const outcome = error instanceof LoaderTimeoutError ? 'timeout' : 'error'
    if (outcome === 'timeout') abort.abort(error)
    events.emit({ type: 'load', key, outcome, durationMs: clock.monoMs() - startedMs })
    throw error
  } finally {
    cancel()
  }
}
