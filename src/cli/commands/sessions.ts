import type { RevokeResponse, SessionsSummary, UserSessionsBody } from '../../admin/contract/sessions.ts'
import { print, sectionTitle, type AdminCommand } from '../command.ts'
import { CliError, ExitCode } from '../exit-code.ts'
import { pairs, printable, table } from '../table.ts'
import { count, fromNow, timestamp } from '../units.ts'

/** How many sessions there are and what happened to them; of one user, each. */
export const listSessions: AdminCommand<{ readonly user?: string }> = async (context, { user }) => {
  const { admin, terminal, nowMs } = context
  if (user === undefined) {
    const summary = await admin.ask<SessionsSummary>({ path: 'api/sessions' })
    print(context, summary, () => [
      `${count(summary.active)} active${summary.countedAtMs === null ? '' : ` (counted ${fromNow(summary.countedAtMs, nowMs())})`}`,
      ...summary.problems.map((problem) => terminal.styled('red', `! ${problem}`)),
      ...summary.warnings.map((warning) => terminal.styled('yellow', `! ${warning}`)),
      ...pairs(Object.entries(summary.events).map(([name, times]) => [name, count(times)])),
    ])
    return ExitCode.ok
  }
  const found = await admin.ask<UserSessionsBody>({ path: `api/sessions/users/${encodeURIComponent(user)}` })
  print(context, found, () => [
    sectionTitle(context, `${printable(found.user)}: ${found.sessions.length} sessions`),
    ...(found.sessions.length === 0
      ? []
      : table(
          [{ title: 'HANDLE' }, { title: 'DEVICE' }, { title: 'LOGGED IN' }, { title: 'LAST SEEN' }, { title: 'ENDS' }],
          found.sessions.map(({ handle, label, loginAtMs, lastSeenMs, endsMs }) => [
            handle,
            label,
            timestamp(loginAtMs),
            fromNow(lastSeenMs, nowMs()),
            fromNow(endsMs, nowMs()),
          ]),
        )),
  ])
  return ExitCode.ok
}

export interface RevokeOptions {
  readonly user: string
  /** One session; all of the user's when left out. */
  readonly handle?: string
  readonly reason: string
  readonly yes: boolean
}

/** Ends sessions, everywhere and at once. */
export const revokeSessions: AdminCommand<RevokeOptions> = async (context, { user, handle, reason, yes }) => {
  const { admin, terminal } = context
  const what =
    handle === undefined
      ? `all sessions of ${printable(user)}`
      : `the session ${printable(handle)} of ${printable(user)}`
  if (!yes) {
    if (!terminal.isInteractive)
      throw new CliError(ExitCode.refused, 'No session was ended: there is no terminal to ask for a yes', 'Give --yes')
    const typed = (await terminal.ask(`Type yes to end ${what}: `)).toLowerCase()
    if (typed !== 'yes' && typed !== 'y') throw new CliError(ExitCode.refused, 'No session was ended')
  }
  const { revoked } = await admin.ask<RevokeResponse>({
    method: 'POST',
    path: handle === undefined ? 'api/sessions/revoke-user' : 'api/sessions/revoke',
    body: { user, ...(handle !== undefined && { handle }), reason },
  })
  print(context, { revoked }, () => [
    revoked === 0
      ? `There was nothing to end: ${what}`
      : `Ended: ${count(revoked)} ${revoked === 1 ? 'session' : 'sessions'}`,
  ])
  return ExitCode.ok
}
