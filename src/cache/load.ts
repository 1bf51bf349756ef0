/**
 * Runs a loader and stores what it gives. The entry's stamp is taken as one pair before the loader is called: whatever was
 * invalidated after that is newer than the entry, however late it is written.
 */
import { EncodeError, OverloadedError } from '../base/errors.ts'
import type { Stamp } from '../codec/header.ts'
import { PayloadFormat, type Payload } from '../codec/serialise.ts'
import type { Moment } from '../log/moment.ts'
import type { CachedEntry } from './cached-entry.ts'
import { Content, textOf, type Form } from './content.ts'
import type { CacheDeps } from './deps.ts'
import { fill } from './fill.ts'
import type { Lease } from './fleet.ts'
import type { Place } from './load-limit.ts'
import type { Read } from './read.ts'
import { keptMs, type ResolvedLoadOptions } from './read-options.ts'
import { runLoader, type Said } from './run-loader.ts'

/** How a load is run. */
export interface LoadHow {
  /** Others in the fleet wait for what is stored under it. */
  readonly lease?: Lease | undefined
  /** Whether it may wait for its turn where its source is busy. */
  readonly mayWait: boolean
}

/** When a load began, for the rule. */
export interface LoadStart {
  readonly loaded: Moment
  readonly stamp: Stamp | undefined
}

/** What a load gave. */
export interface Loaded {
  readonly key: string
  readonly value: unknown
  readonly start: LoadStart
  readonly said: Said
  readonly loadMs: number
}

/** Where a load without a timeout of its own stops waiting for its turn. */
const MAX_WAIT_MS = 30_000
const MAX_MESSAGE = 500

/** Loads once. @throws OverloadedError, LoaderTimeoutError, and whatever the loader throws */
export async function load(
  deps: CacheDeps,
  { key, loader, options }: Omit<Read, 'began'>,
  { lease, mayWait }: LoadHow,
): Promise<CachedEntry> {
  try {
    return await deps.limits.run(placeOf(options, mayWait), async () => {
      const start = beginLoad(deps)
      const said: Said = { tags: new Set(options.tags) }
      const value = await runLoader(deps, key, loader, said, options.timeoutMs)
      return keep(deps, { key, value, start, said, loadMs: deps.clock.monoMs() - start.loaded.monoMs }, options, lease)
    })
  } catch (error) {
    failed(deps, { key, error }, options, lease)
    throw error
  }
}

export function beginLoad({ log }: CacheDeps): LoadStart {
  return { loaded: log.now(), stamp: log.stamp() }
}

export function placeOf({ source, timeoutMs }: ResolvedLoadOptions, mayWait: boolean): Place {
  return { source, waitMs: mayWait ? (timeoutMs ?? MAX_WAIT_MS) : 0 }
}

/** Makes the entry of a loaded value, and stores it behind the caller. */
export function keep(deps: CacheDeps, loaded: Loaded, options: ResolvedLoadOptions, lease?: Lease): CachedEntry {
  const { key, value, start, said, loadMs } = loaded
  const { clock, events, failures, background, trigger } = deps
  events.emit({ type: 'load', key, outcome: 'ok', trigger, durationMs: loadMs })
  failures.forget(key)
  const payload = value === undefined ? undefined : payloadOf(deps, value, options.form)
  const bytes = payload ? Buffer.byteLength(payload.text) : 0
  const { documents } = said
  const ttlMs = said.ttlMs ?? options.ttl({ loadMs, bytes, ...(documents !== undefined && { documents }) })
  const freshUntilMs = clock.wallMs() + ttlMs * (1 - options.jitter * deps.random.fraction())
  const entry: CachedEntry = {
    key,
    tags: [...said.tags],
    ...start,
    freshUntilMs,
    goneAtMs: freshUntilMs + keptMs(options),
    loadCostMs: loadMs,
    content: contentOf(deps, value, payload, options.form),
  }
  background.run(fill(deps, entry, ttlMs > 0 ? payload : undefined, lease))
  return entry
}

/** Remembers a failed load, and tells those who wait for it in other processes. */
export function failed(
  { failures, background }: CacheDeps,
  { key, error }: { readonly key: string; readonly error: unknown },
  { errorTtlMs }: ResolvedLoadOptions,
  lease?: Lease,
): void {
  // Nothing was asked of the source, so nothing is known of it: let the others look again.
  if (error instanceof OverloadedError) {
    if (lease) background.run(lease.giveBack({ key, outcome: 'filled' }, 0))
    return
  }
  failures.note(key, error)
  const message = error instanceof Error ? error.message : String(error)
  const end = { key, outcome: 'failed', message: message.slice(0, MAX_MESSAGE) } as const
  if (lease) background.run(lease.giveBack(end, errorTtlMs))
}

/** Undefined for what cannot be stored: it is returned to those who wait for it, and told. */
function payloadOf({ codec, events }: CacheDeps, value: unknown, form: Form): Payload | undefined {
  try {
    return form === 'json' ? { format: PayloadFormat.json, text: textOf(value).toString() } : codec.serialise(value)
  } catch (error) {
    if (!(error instanceof EncodeError) || form === 'json') throw error
    events.emit({ type: 'error', operation: 'encode', error })
    return undefined
  }
}

function contentOf({ options }: CacheDeps, value: unknown, payload: Payload | undefined, form: Form): Content {
  if (form === 'value' || !payload) return Content.ofValue(value, options.freeze)
  return Content.ofPayload({ format: payload.format, text: Buffer.from(payload.text) }, options.freeze).make(form)
}
