/**
 * Walks through the keys of a namespace by SCAN, a little at a time: each step makes Redis look at 200 keys, which keeps it
 * below a millisecond, and a walk ends when its time is up. Never KEYS. Where it ended is a text, so a page can go on.
 */
import type { Clock } from '../../base/clock.ts'
import { keyOfEntry } from '../../keys/redis-key.ts'
import type { Redis } from '../../redis/redis.ts'
import type { Matcher } from './matcher.ts'

export const KEYS_PER_STEP = 200

export interface WalkDeps {
  readonly redis: Pick<Redis, 'scanKeys'>
  readonly clock: Clock
  readonly namespace: string
}

/** What one step found, and where it began. */
export interface Step {
  /** Undefined: at the beginning. */
  readonly place: string | undefined
  readonly keys: readonly string[]
  readonly next: string | undefined
}

/** Steps until the end or the end of the time; at least one. @throws StoreError */
export async function* walk(
  { redis, clock, namespace }: WalkDeps,
  matcher: Matcher,
  from: string | undefined,
  budgetMs: number,
): AsyncGenerator<Step, void, void> {
  const beganMs = clock.monoMs()
  let place = from
  do {
    const found = await redis.scanKeys(matcher.match, KEYS_PER_STEP, place)
    const keys = found.keys.map((key) => keyOfEntry(namespace, key)).filter((key) => matcher.accepts(key))
    yield { place, keys, next: found.next }
    place = found.next
  } while (place !== undefined && clock.monoMs() - beganMs < budgetMs)
}

// --- where a page ended ---

/** A place of SCAN, and how many of what it gives there were shown already. */
export interface Cursor {
  readonly place: string | undefined
  readonly skip: number
}

const PLACE = /^(\d{1,20}|[\w.:[\]-]{1,255} \d{1,20})?$/

export function writeCursor({ place, skip }: Cursor): string {
  return Buffer.from(`${place ?? ''}~${skip}`).toString('base64url')
}

/** Undefined when it is none of ours. */
export function readCursor(text: string): Cursor | undefined {
  const [, place = '', skip] = /^(.*)~(\d{1,6})$/.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? []
  if (skip === undefined || !PLACE.test(place)) return undefined
  return { place: place === '' ? undefined : place, skip: Number(skip) }
}
