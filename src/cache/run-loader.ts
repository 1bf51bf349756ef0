import type { Duration } from '../base/duration.ts'
import { LoaderTimeoutError } from '../base/errors.ts'
import { checkTag } from '../keys/key.ts'
import type { CacheDeps } from './deps.ts'
import { positiveMs } from './ttl.ts'

/** What a loader may say about the value that it loads. */
export interface LoadContext {
  /** Adds tags that are known only from the value. */
  readonly tag: (...tags: readonly string[]) => void
  /** Sets how long this value is fresh. */
  readonly ttl: (ttl: Duration) => void
  /** Tells how many documents or rows the source looked at, for a TTL that follows what the load cost. */
  readonly cost: (cost: { readonly documents: number }) => void
  /** Aborted when the loader's `timeout` has passed. */
  readonly signal: AbortSignal
}

/** Produces the value of a key from the source. `undefined` means: nothing to cache. */
export type Loader<T> = (context: LoadContext) => Promise<T> | T

/** What a loader has said so far, on top of what its caller asked for. */
export interface Said {
  ttlMs?: number
  documents?: number
  readonly tags: Set<string>
}

/** Runs a loader within its timeout, and tells when it failed. @throws LoaderTimeoutError, and whatever the loader throws */
export async function runLoader(
  deps: Pick<CacheDeps, 'clock' | 'events' | 'trigger'>,
  key: string,
  loader: Loader<unknown>,
  said: Said,
  timeoutMs: number | undefined,
): Promise<unknown> {
  const startedMs = deps.clock.monoMs()
  try {
    return await withinTimeout(deps, JSON.stringify(key), timeoutMs, (signal) => loader(contextOf(said, signal)))
  } catch (error) {
    const outcome = error instanceof LoaderTimeoutError ? 'timeout' : 'error'
    deps.events.emit({ type: 'load', key, outcome, trigger: deps.trigger, durationMs: deps.clock.monoMs() - startedMs })
    throw error
  }
}

function contextOf(said: Said, signal: AbortSignal): LoadContext {
  return {
    tag(...tags) {
      for (const tag of tags) said.tags.add(checkTag(tag))
    },
    ttl(ttl) {
      said.ttlMs = positiveMs(ttl, 'ttl')
    },
    cost({ documents }) {
      said.documents = documents
    },
    signal,
  }
}

/** @throws LoaderTimeoutError, and whatever the work throws */
export async function withinTimeout<T>(
  { clock }: Pick<CacheDeps, 'clock'>,
  what: string,
  timeoutMs: number | undefined,
  work: (signal: AbortSignal) => Promise<T> | T,
): Promise<T> {
  const abort = new AbortController()
  if (timeoutMs === undefined) return work(abort.signal)
  const { promise: late, reject } = Promise.withResolvers<never>()
  const cancel = clock.after(timeoutMs, () => {
    const error = new LoaderTimeoutError(`The loader of ${what} did not finish within ${timeoutMs} ms`)
    reject(error)
    abort.abort(error)
  })
  try {
    return await Promise.race([work(abort.signal), late])
  } finally {
    cancel()
  }
}
