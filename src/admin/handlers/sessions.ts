/** Routes of sessions. What a session holds is sealed, and nothing here could open it. */
import type { Sessions } from '../../session/sessions.ts'
import type {
  RevokeBody,
  RevokeResponse,
  RevokeUserBody,
  SessionsSummary,
  UserSessionsBody,
} from '../contract/sessions.ts'
import type { AdminDeps, AdminRequest } from '../deps.ts'
import { Problem } from '../problem.ts'

export async function sessions(deps: AdminDeps): Promise<SessionsSummary> {
  const own = sessionsOf(deps)
  const counted = await deps.sessionsCount.known()
  return { ...counted, events: own.stats(), ...own.diagnose() }
}

export async function userSessions(deps: AdminDeps, { params }: AdminRequest): Promise<UserSessionsBody> {
  const user = params['user'] ?? ''
  const devices = await sessionsOf(deps).list(user)
  return {
    user,
    // Named one by one, so that what a device learns to hold later is not shown by oversight.
    sessions: devices.map(({ handle, label, createdMs, loginAtMs, lastSeenMs, endsMs }) => ({
      handle,
      label,
      createdMs,
      loginAtMs,
      lastSeenMs,
      endsMs,
    })),
  }
}

export async function revokeSession(deps: AdminDeps, { body, note }: AdminRequest): Promise<RevokeResponse> {
  const { user, handle, reason } = body as RevokeBody
  note({ targets: [`user ${user}`, `session ${handle}`], reason })
  const isRevoked = await sessionsOf(deps).revoke(user, handle)
  if (!isRevoked) throw new Problem('not-found', 'The user has no such session: it may have ended')
  note({ count: 1 })
  return { revoked: 1 }
}

export async function revokeUser(deps: AdminDeps, { body, note }: AdminRequest): Promise<RevokeResponse> {
  const { user, reason } = body as RevokeUserBody
  note({ targets: [`user ${user}`], reason })
  const revoked = await sessionsOf(deps).revokeUser(user)
  note({ count: revoked })
  return { revoked }
}

function sessionsOf({ options }: AdminDeps): Sessions {
  if (options.sessions) return options.sessions
  throw new Problem('not-available', 'This deployment has no sessions')
}
