import type { ResolvedTargets, Target } from '../keys/target.ts'
import type { Reply, StreamEntry } from '../redis/redis.ts'

interface RecordPlace {
  readonly epoch: string
  readonly position: number
  /** The position of the record before it in this epoch: a reader that has not applied that one has a gap. */
  readonly prev: number
}

/** One record as everyone reads it from the log: an invalidation, or a fold, which raises the floor. */
export type LogRecord =
  | (RecordPlace & { readonly kind: 'mark'; readonly targets: ResolvedTargets })
  | (RecordPlace & { readonly kind: 'fold'; readonly floor: number })

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
}

export function readBeat(reply: Reply): Beat {
  const [epoch, position, records] = reply as readonly [string, string, readonly StreamEntry[]]
  return { epoch, position: Number(position), records }
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
