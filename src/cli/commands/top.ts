import type { FamilyList, FamilyRow } from '../../admin/contract/families.ts'
import { print, sectionTitle, type AdminCommand } from '../command.ts'
import { ExitCode } from '../exit-code.ts'
import { table, type Column } from '../table.ts'
import { bytes, count, milliseconds, ratio } from '../units.ts'

export interface TopOptions {
  readonly everyMs: number
  /** Ends after so many looks; for scripts. */
  readonly looks?: number
}

const COLUMNS: readonly Column[] = [
  { title: 'FAMILY' },
  { title: 'HIT RATIO', align: 'right' },
  { title: 'READS', align: 'right' },
  { title: '+', align: 'right' },
  { title: 'LOADS', align: 'right' },
  { title: 'AVOIDED', align: 'right' },
  { title: 'P50', align: 'right' },
  { title: 'P99', align: 'right' },
  { title: 'ENTRY', align: 'right' },
  { title: 'TTL', align: 'right' },
]
const CLEAR = '\u001b[H\u001b[2J'

/** The busiest families, live: what was read since the last look stands under `+`. */
export const top: AdminCommand<TopOptions> = async (context, { everyMs, looks = Number.POSITIVE_INFINITY }) => {
  const { admin, terminal, pause, json } = context
  let before = new Map<string, number>()
  for (let look = 1; ; look += 1) {
    const { families, measured } = await admin.ask<FamilyList>({ path: 'api/families' })
    const rows = families.map((family) => ({
      family,
      more: readsOf(family) - (before.get(family.name) ?? readsOf(family)),
    }))
    rows.sort((one, other) => other.more - one.more || readsOf(other.family) - readsOf(one.family))
    before = new Map(families.map((family) => [family.name, readsOf(family)]))
    if (terminal.isInteractive && !json && look > 1) terminal.out(CLEAR)
    print(context, { families, measured }, () => [
      sectionTitle(
        context,
        `${families.length} families${measured ? '' : ' (no metrics are collected there: names and TTLs only)'}`,
      ),
      ...table(
        COLUMNS,
        rows.map(({ family, more }) => cells(family, more)),
      ),
    ])
    if (look >= looks || terminal.signal.aborted) return ExitCode.ok
    await pause(everyMs)
    if (terminal.signal.aborted) return ExitCode.ok
  }
}

function readsOf({ hits, stale, misses }: FamilyRow): number {
  return hits + stale + misses
}

function cells(family: FamilyRow, more: number): readonly string[] {
  const { name, hitRatio, loads, loadsAvoided, get, meanBytes, ttlMs } = family
  return [
    name,
    ratio(hitRatio),
    count(readsOf(family)),
    more > 0 ? `+${count(more)}` : '',
    count(loads),
    count(loadsAvoided),
    milliseconds(get.p50),
    milliseconds(get.p99),
    bytes(meanBytes),
    milliseconds(ttlMs),
  ]
}
