/** Routes of the key browser. */
import type { HoldfastEvent } from '../../base/events.ts'
import type { HeldEntry, LayerState } from '../../cache/explain.ts'
import { membersOf } from '../../cache/cached.ts'
import type { KeyDetail, KeyPageBody, KeyRow, LayerBody, ValueView } from '../contract/keys.ts'
import { allows } from '../contract/access.ts'
import type { AdminDeps, AdminRequest } from '../deps.ts'
import { matcherOf } from '../keys/matcher.ts'
import { familyOf, keyPage } from '../keys/page.ts'
import { readCursor } from '../keys/scan.ts'
import { Problem } from '../problem.ts'

const KEYS = 100
const VALUE_CHARACTERS = 64 * 1024

interface KeysQuery {
  readonly pattern?: string
  readonly family?: string
  readonly cursor?: string
  readonly limit?: number
  readonly sort?: 'key' | 'bytes' | 'expires' | 'heat'
  readonly order?: 'asc' | 'desc'
  readonly state?: KeyRow['state']
}

export async function keys({ options, clock }: AdminDeps, { query }: AdminRequest): Promise<KeyPageBody> {
  const { pattern, family, cursor, limit = KEYS, sort, order, state } = query as KeysQuery
  const { redis, cache, hotKeys } = options
  if (!redis) throw new Problem('not-available', 'This cache has no Redis, and what a process keeps is not listed')
  const at = cursor === undefined ? { place: undefined, skip: 0 } : readCursor(cursor)
  if (!at) throw new Problem('bad-request', 'The cursor is none that a page gave')
  const { namespace, operations } = cache
  const wanted = matcherOf(namespace, family === undefined ? (pattern ?? '*') : membersOf(family))
  const also = family !== undefined && pattern !== undefined ? matcherOf(namespace, pattern) : undefined
  const matcher = { match: wanted.match, accepts: (key: string) => wanted.accepts(key) && (also?.accepts(key) ?? true) }
  const heat = new Map((await hotKeys?.saved())?.map((hot) => [hot.key, hot.heat]))
  return keyPage(
    { redis, clock, namespace, operations, heatOf: (key) => heat.get(key) ?? null },
    { matcher, cursor: at, limit, sort, order, state },
  )
}

export async function key({ options }: AdminDeps, { params, caller }: AdminRequest): Promise<KeyDetail> {
  const name = params['key'] ?? ''
  const { cache, hide } = options
  const { answer, process, redis, lease, invalidations, events } = await cache.explain(name)
  const canSee = !hide.includes('values') && allows(caller.role, 'see-values')
  return {
    key: name,
    family: familyOf(name),
    answer,
    process: layer(process),
    redis: layer(redis),
    lease: {
      state: lease.state,
      msLeft: lease.state === 'held' ? lease.lease.leftMs : lease.state === 'failed' ? lease.leftMs : null,
    },
    invalidations: invalidations.map(({ id, atMs, by, reason, targets }) => ({
      id,
      atMs,
      by,
      reason,
      targets: targets === 'all' ? ['all'] : targets,
    })),
    events: events.map(({ atMs, event }) => ({ atMs, text: textOf(event) })),
    value: valueView(await cache.operations.value(name), canSee),
  }
}

function layer(state: LayerState): LayerBody {
  if (state.state !== 'held') return state
  const { verdict, because, tags, freshUntilMs, goneAtMs, loadCostMs, bytes }: HeldEntry = state
  return { state: 'held', verdict, because, tags, freshUntilMs, goneAtMs, loadCostMs, bytes: bytes ?? null }
}

type Stored = Awaited<ReturnType<AdminDeps['options']['cache']['operations']['value']>>

function valueView(stored: Stored, canSee: boolean): ValueView {
  if (stored.state !== 'found') return { state: 'none' }
  const { json } = stored
  if (!canSee) return { state: 'redacted', shape: shapeOf(json) }
  return { state: 'shown', json: json.slice(0, VALUE_CHARACTERS), truncated: json.length > VALUE_CHARACTERS }
}

/** What kind of value it is and how large: no name of a property and nothing of its content, which may be personal. */
function shapeOf(json: string): string {
  const value: unknown = JSON.parse(json)
  const size = `${Buffer.byteLength(json)} bytes of JSON`
  if (Array.isArray(value)) return `an array of ${value.length}, ${size}`
  if (value === null) return 'null'
  if (typeof value === 'object') return `an object of ${Object.keys(value).length} properties, ${size}`
  return `a ${typeof value}, ${size}`
}

/** An event in words; what a loader threw is not among them, since it may hold data. */
function textOf(event: HoldfastEvent): string {
  switch (event.type) {
    case 'read':
      return `read: ${event.result}${event.why === undefined ? '' : ` (${event.why})`}`
    case 'load':
      return `load: ${event.outcome} after ${Math.round(event.durationMs)} ms`
    case 'load-joined':
      return `waited for a load of ${event.scope === 'fleet' ? 'another process' : 'this process'}`
    case 'fill':
      return `fill: ${event.outcome}, ${event.bytes} bytes`
    case 'refresh':
      return `refresh: ${event.why}`
    case 'shed':
      return `shed by the limit of ${event.source}`
    default:
      return event.type
  }
}
