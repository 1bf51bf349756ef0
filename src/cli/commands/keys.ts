import type { KeyPageBody, KeyRow } from '../../admin/contract/keys.ts'
import { print, type AdminCommand, type CommandContext } from '../command.ts'
import { ExitCode } from '../exit-code.ts'
import { table, type Column } from '../table.ts'
import { bytes, fromNow } from '../units.ts'

export interface KeysOptions {
  readonly pattern?: string
  readonly family?: string
  /** Rows at most. */
  readonly limit: number
  /** Where an earlier listing ended. */
  readonly cursor?: string
}

const COLUMNS: readonly Column[] = [
  { title: 'KEY' },
  { title: 'STATE' },
  { title: 'BYTES', align: 'right' },
  { title: 'FRESH UNTIL', align: 'right' },
  { title: 'HEAT', align: 'right' },
  { title: 'TAGS' },
]
/** What one answer may hold. */
const PAGE = 500

/** Keys in Redis, page by page, until there are enough of them. */
export const keys: AdminCommand<KeysOptions> = async (context, { pattern, family, limit, cursor: from }) => {
  const { admin, terminal } = context
  const found: KeyRow[] = []
  let cursor: string | null = from ?? null
  let scanned = 0
  do {
    const query = { pattern, family, cursor: cursor ?? undefined, limit: Math.min(PAGE, limit - found.length) }
    const page: KeyPageBody = await admin.ask<KeyPageBody>({ path: 'api/keys', query })
    found.push(...page.keys)
    scanned += page.scanned
    cursor = page.cursor
  } while (cursor !== null && found.length < limit && !terminal.signal.aborted)
  print(context, { keys: found, cursor, scanned }, () => describe(context, found))
  if (cursor !== null) terminal.say(`More may follow: --cursor ${cursor}`)
  else if (found.length === 0) terminal.say(`No key of this namespace matches (${scanned} looked at)`)
  return terminal.signal.aborted ? ExitCode.interrupted : ExitCode.ok
}

function describe({ nowMs }: CommandContext, rows: readonly KeyRow[]): readonly string[] {
  if (rows.length === 0) return []
  const now = nowMs()
  return table(
    COLUMNS,
    rows.map(({ key, state, bytes: size, freshUntilMs, heat, tags }) => [
      key,
      state,
      bytes(size),
      fromNow(freshUntilMs, now),
      heat === null ? '' : String(heat),
      tags.join(' '),
    ]),
  )
}
