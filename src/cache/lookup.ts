/**
 * Looks an entry up: in this process, then in Redis. A hit here costs nothing; a hit there costs one round trip, tags
 * included, and so does a lapsed freshness lease: its heartbeat travels beside the read.
 *
 * What was found and is not fresh is a spare: whether a reader may be served it is for stale.ts to say.
 */
import { instant } from '../base/clock.ts'
import { DecodeError, EncodeError, StoreError } from '../base/errors.ts'
import type { StaleReason, Tier } from '../base/events.ts'
import type { RawEntry } from '../codec/entry.ts'
import { printOf } from '../codec/header.ts'
import type { Moment } from '../log/moment.ts'
import { cachedEntry, keepNear, type CachedEntry } from './cached-entry.ts'
import { Content, type Form } from './content.ts'
import type { CacheDeps } from './deps.ts'
import type { Spare } from './stale.ts'

export interface Hit {
  readonly state: 'hit'
  readonly tier: Tier
  readonly entry: CachedEntry
}

export type NotFound =
  | {
      readonly state: 'miss'
      readonly spare?: Spare
      /** The print of the entry that Redis holds; '' for none, '*' when that is not known. */
      readonly seen: string
    }
  /** Redis could not be asked, so nothing more is known. */
  | { readonly state: 'bypass'; readonly spare?: Spare }

export type Lookup = Hit | NotFound

/** How a lookup is asked. With `since`, strictly: only by what was heard from the log, or loaded, after that moment. */
export interface Asked {
  readonly form: Form
  readonly since: Moment | undefined
}

/** The hit in this process, if there is one. */
export function lookupNear(deps: CacheDeps, key: string, { form, since }: Asked): Hit | undefined {
  const entry = since ? strictly(deps, key, form, since) : near(deps, key, form)
  return entry && { state: 'hit', tier: 'l1', entry }
}

/** The fresh entry of this process: the path that most reads take. It awaits nothing, allocates nothing and reads one clock. */
export function near(deps: CacheDeps, key: string, form: Form): CachedEntry | undefined {
  const entry = deps.l1.get(key)
  if (entry === undefined) return undefined
  const { glance } = deps
  glance.look()
  if (glance.wallMs >= entry.freshUntilMs || !deps.log.isFresh(entry, glance)) return undefined
  return hasForm(deps, entry, form) ? entry : undefined
}

function strictly(deps: CacheDeps, key: string, form: Form, since: Moment): CachedEntry | undefined {
  const entry = deps.l1.get(key)
  if (!entry || reasonAgainst(deps, entry, since) !== undefined) return undefined
  return hasForm(deps, entry, form) ? entry : undefined
}

/** Looks further when {@link lookupNear} has found nothing. */
export async function lookupFar(deps: CacheDeps, key: string, asked: Asked): Promise<Lookup> {
  const { log, l2 } = deps
  if (!l2) return { state: 'miss', seen: '*', ...spareOf(nearSpare(deps, key, asked)) }
  deps.glance.look()
  let standing = log.standing(deps.glance)
  if (standing !== 'heard') {
    await log.started
    standing = log.standing()
  }
  if (standing === 'unreachable') return { state: 'bypass', ...spareOf(nearSpare(deps, key, asked)) }
  const isHeard = standing === 'heard' && !asked.since
  const [found, heard] = isHeard ? [await l2.get(key), true] : await Promise.all([l2.get(key), hear(deps, asked.since)])
  // What is here may be served now that the log was heard from, and is decoded already.
  const near = heard ? lookupNear(deps, key, asked) : undefined
  if (near) return near
  if (!heard || found.state === 'unavailable') return { state: 'bypass', ...spareOf(nearSpare(deps, key, asked)) }
  const decoding = found.state === 'found' ? decoded(deps, key, found.bytes, asked.form) : undefined
  const entry = decoding instanceof Promise ? await decoding : decoding
  if (!entry || found.state !== 'found') {
    const seen = found.state === 'absent' ? '' : '*'
    return { state: 'miss', seen, ...spareOf(nearSpare(deps, key, asked)) }
  }
  let why = reasonAgainst(deps, entry, asked.since)
  // The lease may have lapsed while the answer was on its way.
  if (why === 'unheard') {
    if (!(await hear(deps, asked.since))) return { state: 'bypass', spare: { entry, tier: 'l2', why } }
    why = reasonAgainst(deps, entry, asked.since)
  }
  if (why === undefined || why === 'expired') keepNear(deps, entry)
  if (why === undefined) return { state: 'hit', tier: 'l2', entry }
  return { state: 'miss', seen: seenIn(entry), spare: { entry, tier: 'l2', why } }
}

/** The print of an entry that was read; one that was never in Redis has none. */
export function seenIn({ stamp, freshUntilMs }: CachedEntry): string {
  return stamp ? printOf({ stamp, freshUntilMs }) : '*'
}

/** Why an entry may not be served as fresh now; undefined when it may. */
function reasonAgainst(
  { log, clock, glance }: CacheDeps,
  entry: CachedEntry,
  since: Moment | undefined,
): StaleReason | undefined {
  glance.look()
  if (!since && glance.wallMs < entry.freshUntilMs && log.isFresh(entry, glance)) return undefined
  // A glance is up to a millisecond ahead: what it speaks against is judged by the clocks themselves.
  const at = instant(clock)
  const verdict = log.judge(entry, since, at)
  if (verdict !== 'fresh') return verdict
  return at.wallMs < entry.freshUntilMs ? undefined : 'expired'
}

/** What is in this process though it is not fresh. Looked at last: an invalidation may have arrived during the lookup. */
function nearSpare(deps: CacheDeps, key: string, { form, since }: Asked): Spare | undefined {
  const entry = deps.l1.get(key)
  const why = entry && reasonAgainst(deps, entry, since)
  return entry && why && hasForm(deps, entry, form) ? { entry, tier: 'l1', why } : undefined
}

function spareOf(spare: Spare | undefined): { readonly spare?: Spare } {
  return spare ? { spare } : {}
}

/** An entry that another version wrote, or that is damaged, is one that is not there. */
function decoded(
  deps: CacheDeps,
  key: string,
  bytes: Buffer,
  form: Form,
): CachedEntry | undefined | Promise<CachedEntry | undefined> {
  const { codec, options, events } = deps
  const entryOf = ({ header, payload }: RawEntry): CachedEntry =>
    cachedEntry({
      key,
      tags: header.tags,
      stamp: header.stamp,
      freshUntilMs: header.freshUntilMs,
      goneAtMs: header.goneAtMs,
      loadCostMs: header.loadCostMs,
      content: Content.ofPayload(payload, options.freeze).make(form),
      tally: deps.nearHits.tallyOf(key),
    })
  // Most are decoded in the same turn; large compressed ones on another thread.
  const raw = orNothing(events, 'decode', () => codec.decodeRaw(key, bytes))
  if (!(raw instanceof Promise)) return raw && orNothing(events, 'decode', () => entryOf(raw))
  return raw.then(entryOf).catch((error: unknown) => orNothing(events, 'decode', () => rethrow(error)))
}

function rethrow(error: unknown): never {
  throw error
}

/** One that is kept in its other form only, and cannot be turned into this one, is not there either. */
function hasForm({ events }: CacheDeps, { content }: CachedEntry, form: Form): boolean {
  return content.has(form) || orNothing(events, 'decode', () => content.make(form)) !== undefined
}

function orNothing<T>(events: CacheDeps['events'], operation: string, work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof EncodeError)) throw error
    events.emit({ type: 'error', operation, error })
    return undefined
  }
}

async function hear({ log, events }: CacheDeps, since: Moment | undefined): Promise<boolean> {
  try {
    await (since ? log.hearAnew() : log.hear())
    return true
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    events.emit({ type: 'error', operation: 'hear', error })
    return false
  }
}
