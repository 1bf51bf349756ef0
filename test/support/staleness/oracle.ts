/**
 * Tells from what happened whether the promise held. Three rules, each about a read and an invalidation of its key whose
 * call is later than the beginning of the load that the read was answered with:
 *
 *     bound   it was acknowledged more than X before the read began
 *     strict  it was acknowledged before the read began, and the read was strict
 *     own     it had returned in the reading process before the read began, acknowledged or queued
 *
 * It knows nothing of how the cache works.
 */
import { propagation } from './propagation.ts'
import type { FaultRecord, HistoryRecord, InvalidationRecord, ReadRecord } from './history.ts'

export interface Violation {
  readonly rule: 'bound' | 'strict' | 'own' | 'other-key'
  readonly read: ReadRecord
  readonly invalidation?: InvalidationRecord
  /** From the acknowledgement, or for an own one from its return, to the beginning of the read. */
  readonly stalenessMs: number
}

/** A read that was answered with what an acknowledged invalidation covers. */
export interface Behind {
  readonly strict: boolean
  readonly beganMs: number
  readonly stalenessMs: number
}

export interface Verdict {
  readonly reads: number
  readonly strictReads: number
  readonly invalidations: number
  readonly acknowledged: number
  /** The longest that any read which was not strict was behind an acknowledged invalidation. */
  readonly worstMs: number
  /** Reads that were answered with something an acknowledged invalidation covers. */
  readonly behind: readonly Behind[]
  /** Of each invalidation and each other process: from the acknowledgement to its first read that knew of it, in ms. */
  readonly propagationMs: readonly number[]
  readonly violations: readonly Violation[]
  readonly errors: readonly string[]
}

export function judgeHistory(records: readonly HistoryRecord[], boundMs: number): Verdict {
  const reads = records.filter((record) => record.kind === 'read')
  const invalidations = records.filter((record) => record.kind === 'invalidation')
  const acknowledged = indexed(
    invalidations,
    ({ keys }) => keys,
    ({ acknowledgedMs }) => acknowledgedMs,
  )
  const own = indexed(
    invalidations,
    ({ worker, keys }) => keys.map((key) => ownName(worker, key)),
    ({ endedMs }) => endedMs,
  )
  const violations: Violation[] = []
  let worstMs = 0
  const late: Behind[] = []
  for (const read of reads) {
    const behind = stalenessOf(read, acknowledged.get(read.key))
    const behindOwn = stalenessOf(read, own.get(ownName(read.worker, read.key)))
    if (behind && !read.strict) worstMs = Math.max(worstMs, behind.stalenessMs)
    if (behind) late.push({ strict: read.strict, beganMs: read.beganMs, stalenessMs: behind.stalenessMs })
    if (read.value.key !== read.key) violations.push({ rule: 'other-key', read, stalenessMs: 0 })
    if (behind && behind.stalenessMs > boundMs) violations.push({ rule: 'bound', read, ...behind })
    else if (behind && read.strict) violations.push({ rule: 'strict', read, ...behind })
    else if (behindOwn) violations.push({ rule: 'own', read, ...behindOwn })
  }
  return {
    reads: reads.length,
    strictReads: reads.filter(({ strict }) => strict).length,
    invalidations: invalidations.length,
    acknowledged: invalidations.filter(({ acknowledgedMs }) => acknowledgedMs !== undefined).length,
    worstMs,
    behind: late,
    propagationMs: propagation(reads, invalidations),
    violations,
    errors: records.flatMap((record) => (record.kind === 'error' ? [record.text] : [])),
  }
}

const ownName = (worker: number, key: string): string => `${worker} ${key}`

interface Known {
  readonly invalidation: InvalidationRecord
  readonly knownMs: number
}

/** By name, in the order of their calls; each place holds the one that was known first of those called there or later. */
interface Index {
  readonly calledMs: readonly number[]
  readonly firstKnown: readonly Known[]
}

function indexed(
  invalidations: readonly InvalidationRecord[],
  namesOf: (invalidation: InvalidationRecord) => readonly string[],
  knownAt: (invalidation: InvalidationRecord) => number | undefined,
): ReadonlyMap<string, Index> {
  const byName = new Map<string, Known[]>()
  for (const invalidation of invalidations.toSorted((left, right) => left.calledMs - right.calledMs)) {
    const knownMs = knownAt(invalidation)
    if (knownMs === undefined) continue
    for (const name of namesOf(invalidation)) {
      const known = byName.get(name) ?? []
      known.push({ invalidation, knownMs })
      byName.set(name, known)
    }
  }
  return new Map([...byName].map(([name, known]) => [name, indexOf(known)]))
}

function indexOf(known: readonly Known[]): Index {
  const firstKnown = [...known]
  for (let at = known.length - 2; at >= 0; at -= 1) {
    const [here, later] = [firstKnown[at], firstKnown[at + 1]]
    if (here && later && later.knownMs < here.knownMs) firstKnown[at] = later
  }
  return { calledMs: known.map(({ invalidation }) => invalidation.calledMs), firstKnown }
}

/** How far a read is behind the first known of the invalidations that were called after its value's load began. */
function stalenessOf(
  { beganMs, value }: ReadRecord,
  index: Index | undefined,
): { readonly stalenessMs: number; readonly invalidation: InvalidationRecord } | undefined {
  if (!index) return undefined
  let from = 0
  let to = index.calledMs.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((index.calledMs[middle] ?? 0) > value.loadedMs) to = middle
    else from = middle + 1
  }
  const first = index.firstKnown[from]
  if (!first || first.knownMs >= beganMs) return undefined
  return { stalenessMs: beganMs - first.knownMs, invalidation: first.invalidation }
}

/** What happened to the key of a violation, and in the world, from shortly before the load until the read. */
export function traceOf(
  { rule, read, invalidation, stalenessMs }: Violation,
  records: readonly HistoryRecord[],
  faults: readonly FaultRecord[],
): string {
  const fromMs = Math.min(read.value.loadedMs, invalidation?.calledMs ?? Number.POSITIVE_INFINITY) - 100
  const zeroMs = invalidation?.calledMs ?? read.beganMs
  const lines = [
    ...records.flatMap((record) => lineOf(record, read.key)),
    ...faults.map(({ atMs, text }) => ({ atMs, text: `FAULT ${text}` })),
  ]
  const shown = lines.filter(({ atMs }) => atMs >= fromMs && atMs <= read.endedMs).toSorted((a, b) => a.atMs - b.atMs)
  return [
    `${rule}: process ${read.worker} read ${read.key} = v${read.value.version}, ${stalenessMs.toFixed(1)} ms after what covers it was known`,
    ...shown.slice(-60).map(({ atMs, text }) => `  ${(atMs - zeroMs).toFixed(2).padStart(9)} ms  ${text}`),
  ].join('\n')
}

function lineOf(record: HistoryRecord, key: string): { atMs: number; text: string }[] {
  switch (record.kind) {
    case 'read': {
      if (record.key !== key) return []
      const { value, worker, verb, strict, beganMs, endedMs } = record
      const how = `${strict ? 'strict ' : ''}${verb}, took ${(endedMs - beganMs).toFixed(1)}`
      return [{ atMs: beganMs, text: `p${worker} reads v${value.version} of p${value.by} (${how})` }]
    }
    case 'invalidation': {
      if (!record.keys.includes(key)) return []
      const { worker, verb, target, calledMs, acknowledgedMs, endedMs } = record
      const end =
        acknowledgedMs === undefined ? 'queued' : `acknowledged after ${(acknowledgedMs - calledMs).toFixed(1)}`
      return [
        { atMs: calledMs, text: `p${worker} ${verb} ${target}: called` },
        { atMs: acknowledgedMs ?? endedMs, text: `p${worker} ${verb} ${target}: ${end}` },
      ]
    }
    case 'note':
      return record.key === key ? [{ atMs: record.atMs, text: `p${record.worker} ${record.text}` }] : []
    case 'error':
      return [{ atMs: record.atMs, text: `p${record.worker} FAILED ${record.text}` }]
  }
}
