import type { AuditPage } from '../../admin/contract/audit.ts'
import { print, type AdminCommand } from '../command.ts'
import { ExitCode } from '../exit-code.ts'
import { table } from '../table.ts'
import { count, timestamp } from '../units.ts'

export interface AuditOptions {
  readonly limit: number
  readonly search?: string
  readonly user?: string
  readonly action?: string
  readonly before?: string
}

/** Who did what, also what was refused; newest first. */
export const audit: AdminCommand<AuditOptions> = async (context, query) => {
  const page = await context.admin.ask<AuditPage>({ path: 'api/audit', query: { ...query } })
  print(context, page, () =>
    table(
      [
        { title: 'WHEN' },
        { title: 'WHO' },
        { title: 'ROLE' },
        { title: 'DID' },
        { title: 'RESULT' },
        { title: 'COUNT', align: 'right' },
        { title: 'WHAT' },
        { title: 'WHY' },
      ],
      page.rows.map(({ atMs, user, role, action, dryRun, result, code, count: number, targets, reason }) => [
        timestamp(atMs),
        user,
        role,
        dryRun ? `${action} (dry run)` : action,
        code === null ? result : `${result}: ${code}`,
        count(number),
        targets.join(' '),
        reason,
      ]),
    ),
  )
  if (page.store === 'memory')
    context.terminal.say(`Redis is away: these ${page.waiting} rows wait in the service's memory`)
  if (page.lost > 0) context.terminal.say(`${page.lost} rows were lost`)
  if (page.before !== null) context.terminal.say(`Older ones: --before ${page.before}`)
  return ExitCode.ok
}
