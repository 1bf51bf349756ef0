import type { DoctorReport, Finding } from '../../admin/contract/doctor.ts'
import { print, type AdminCommand, type CommandContext } from '../command.ts'
import { ExitCode } from '../exit-code.ts'
import { printable } from '../table.ts'

export interface DoctorOptions {
  /** A warning, too, makes the exit code one. */
  readonly strict: boolean
  /** Also what is as it should be. */
  readonly all: boolean
}

const SIGN = { ok: '✓', info: 'i', unknown: '?', warning: '!', critical: '✗' } as const
const STYLE = { ok: 'green', info: 'blue', unknown: 'gray', warning: 'yellow', critical: 'red' } as const

/** Looks at all that is known to go wrong with a Redis and a cache on it: what was found, and how to mend it. */
export const doctor: AdminCommand<DoctorOptions> = async (context, { strict, all }) => {
  const report = await context.admin.ask<DoctorReport>({ path: 'api/doctor' })
  const { counts, findings, worst } = report
  print(context, report, () => [
    ...findings
      .filter(({ severity }) => all || (severity !== 'ok' && severity !== 'info'))
      .flatMap((finding) => describe(context, finding)),
    `${counts.critical} critical, ${counts.warning} warnings, ${counts.unknown} could not be looked at, ${counts.ok + counts.info} in order`,
  ])
  if (worst === 'critical') return ExitCode.failure
  return strict && worst === 'warning' ? ExitCode.degraded : ExitCode.ok
}

function describe(
  { terminal }: CommandContext,
  { severity, title, evidence, fix, link, id }: Finding,
): readonly string[] {
  return [
    terminal.styled(STYLE[severity], `${SIGN[severity]} ${title}`),
    `    ${printable(evidence)}`,
    ...(fix ? [`    Fix: ${printable(fix)}`] : []),
    ...(link && severity !== 'ok' ? [`    ${id}: ${link}`] : []),
  ]
}
