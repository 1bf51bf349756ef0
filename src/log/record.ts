import type { ResolvedTargets, Target } from '../keys/target.ts'
import type { Reply, StreamEntry } from '../redis/redis.ts'

interface RecordPlace {
  readonly epoch: string
  readonly position: number
  /** The position of the record before it in this epoch: a reader that has not applied that one has a gap. */
  readonly prev: number
}

/** A position of the switch: the higher version is the younger. */
export interface SwitchState {
  readonly version: number
  readonly enabled: boolean
  readonly by: string
  readonly reason: string
}

/** One record as everyone reads it from the log: an invalidation, a fold, which raises the floor, or the switch. */
export type LogRecord =
  | (RecordPlace & { readonly kind: 'mark'; readonly targets: ResolvedTargets })
  | (RecordPlace & { readonly kind: 'fold'; readonly floor: number })
  | (RecordPlace & { readonly kind: 'switch'; readonly state: SwitchState })

/** Reads a record; undefined when it is of a kind this version does not know, which a reader must treat as a gap. */
export function readRecord(entry: StreamEntry): LogRecord | undefined {
  const [id] = entry
  const fields = fieldsOf(entry)
  const place = {
    epoch: fields.get('epoch') ?? '',
    position: Number.parseInt(id, 10),
    prev: integer(fields.get('prev')),
  }
  if (!Number.isSafeInteger(place.position) || !Number.isSafeInteger(place.prev)) return undefined
  if (fields.get('kind') === 'fold') {
    const floor = integer(fields.get('targets'))
    return Number.isSafeInteger(floor) ? { ...place, kind: 'fold', floor } : undefined
  }
  if (fields.get('kind') === 'switch') {
    const state = readSwitch(['version', 'enabled', 'by', 'reason'].map((name) => fields.get(name) ?? null))
    return state && { ...place, kind: 'switch', state }
  }
  const targets = readTargets(fields)
  return targets && { ...place, kind: 'mark', targets }
}

/** The fields of a stream's entry by name. */
export function fieldsOf([, flat]: StreamEntry): Map<string, string> {
  const fields = new Map<string, string>()
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(flat[at] ?? '', flat[at + 1] ?? '')
  return fields
}

// Number('') would be 0.
const integer = (text: string | undefined): number => Number(text || Number.NaN)

function readTargets(fields: ReadonlyMap<string, string>): ResolvedTargets | undefined {
  if (fields.get('kind') === 'all') return 'all'
  if (fields.get('kind') !== 'mark') return undefined
  try {
    const targets: unknown = JSON.parse(fields.get('targets') ?? '')
    return Array.isArray(targets) && targets.every((target) => typeof target === 'string')
      ? (targets as Target[])
      : undefined
  } catch {
    return undefined
  }
}

/** What a heartbeat answers. */
export interface Beat {
  readonly epoch: string
  readonly position: number
  readonly records: readonly StreamEntry[]
  /** Undefined when nobody has ever switched, or Redis has lost it. */
  readonly switch: SwitchState | undefined
  /** Replicas that are connected to the primary. */
  readonly replicas: number
}

export function readBeat(reply: Reply): Beat {
  const [epoch, position, records, fields = [], replicas] = reply as readonly [
    string,
    string,
    readonly StreamEntry[],
    (readonly string[])?,
    string?,
  ]
  return { epoch, position: Number(position), records, switch: readSwitch(fields), replicas: Number(replicas ?? 0) }
}

/** What an append answers. */
export interface Appended {
  readonly epoch: string
  readonly position: number
  readonly prev: number
  /** Nothing that was to be checked had been marked since the stamp given. */
  readonly unmarked: boolean
}

export function readAppended(reply: Reply): Appended {
  const [epoch, position, prev, ok] = reply as readonly [string, string, string, number]
  return { epoch, position: Number(position), prev: Number(prev), unmarked: ok === 1 }
}

/** Reads version, enabled, by and reason, as the hash and the record have them. */
function readSwitch([version, enabled, by, reason]: readonly (string | null)[]): SwitchState | undefined {
  const number = integer(version ?? undefined)
  if (!Number.isSafeInteger(number) || (enabled !== '0' && enabled !== '1')) return undefined
  return { version: number, enabled: enabled === '1', by: by ?? '', reason: reason ?? '' }
}
