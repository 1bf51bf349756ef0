/** A page of the key browser: keys as SCAN gives them, each with what its header says, sorted and filtered in itself. */
import type { Cache } from '../../cache/cache.ts'
import type { Redis } from '../../redis/redis.ts'
import type { KeyPageBody, KeyRow } from '../contract/keys.ts'
import { factsOf, type KeyFacts } from './facts.ts'
import type { Matcher } from './matcher.ts'
import { KEYS_PER_STEP, walk, writeCursor, type Cursor, type WalkDeps } from './scan.ts'

/** A page takes this long at most, and whoever wants more asks for the next one. */
const PAGE_MS = 250

export interface PageDeps extends WalkDeps {
  readonly redis: Pick<Redis, 'scanKeys' | 'run'>
  readonly operations: Pick<Cache['operations'], 'survey'>
  readonly heatOf: (key: string) => number | null
}

export interface PageRequest {
  readonly matcher: Matcher
  readonly cursor: Cursor
  readonly limit: number
  readonly state?: KeyRow['state'] | undefined
  readonly sort?: 'key' | 'bytes' | 'expires' | 'heat' | undefined
  readonly order?: 'asc' | 'desc' | undefined
}

/** @throws StoreError */
export async function keyPage(deps: PageDeps, request: PageRequest): Promise<KeyPageBody> {
  const { matcher, cursor, limit, state } = request
  const rows: KeyRow[] = []
  let scanned = 0
  let { skip } = cursor
  let next: Cursor | undefined = cursor
  for await (const step of walk(deps, matcher, cursor.place, PAGE_MS)) {
    scanned += KEYS_PER_STEP
    const fresh = step.keys.slice(skip)
    const taken = await rowsOf(deps, fresh, limit - rows.length, state)
    rows.push(...taken.rows)
    const isUsedUp = taken.looked === fresh.length
    next = isUsedUp
      ? step.next === undefined
        ? undefined
        : { place: step.next, skip: 0 }
      : { place: step.place, skip: skip + taken.looked }
    skip = 0
    if (rows.length >= limit) break
  }
  return {
    keys: sorted(rows, request),
    cursor: next ? writeCursor(next) : null,
    scanned,
    ended: next === undefined ? 'complete' : rows.length >= limit ? 'full' : 'budget',
  }
}

/** Rows for up to `limit` of these keys that are in the state asked for, and how many keys were looked at for it. */
async function rowsOf(
  deps: PageDeps,
  keys: readonly string[],
  limit: number,
  state: KeyRow['state'] | undefined,
): Promise<{ readonly rows: readonly KeyRow[]; readonly looked: number }> {
  const rows: KeyRow[] = []
  let looked = 0
  while (looked < keys.length && rows.length < limit) {
    const some = keys.slice(looked, looked + limit - rows.length)
    for (const facts of await factsOf(deps.redis, deps.namespace, some)) {
      const row = facts.bytes === 0 ? undefined : rowOf(deps, facts)
      if (row && (state === undefined || row.state === state)) rows.push(row)
    }
    looked += some.length
  }
  return { rows, looked }
}

function rowOf({ operations, heatOf }: PageDeps, { key, bytes, header }: KeyFacts): KeyRow {
  const entry = operations.survey(key, header)
  const common = { key, family: familyOf(key), bytes, heat: heatOf(key) }
  if (entry.state === 'unreadable')
    return { ...common, state: 'unreadable', freshUntilMs: null, goneAtMs: null, loadCostMs: null, tags: [] }
  const { verdict, freshUntilMs, goneAtMs, loadCostMs, tags } = entry
  const state = verdict === 'fresh' || verdict === 'unheard' ? 'current' : verdict
  return { ...common, state, freshUntilMs, goneAtMs, loadCostMs, tags }
}

/** What stands before the first colon; the whole key where there is none. */
export function familyOf(key: string): string {
  const colon = key.indexOf(':')
  return colon === -1 ? key : key.slice(0, colon)
}

function sorted(rows: readonly KeyRow[], { sort = 'key', order = 'asc' }: PageRequest): readonly KeyRow[] {
  const sign = order === 'asc' ? 1 : -1
  const numberOf = (row: KeyRow): number =>
    (sort === 'bytes' ? row.bytes : sort === 'expires' ? row.goneAtMs : row.heat) ?? -1
  const compare = (left: KeyRow, right: KeyRow): number =>
    sort === 'key' ? (left.key < right.key ? -1 : left.key > right.key ? 1 : 0) : numberOf(left) - numberOf(right)
  return [...rows].sort((left, right) => sign * compare(left, right))
}
