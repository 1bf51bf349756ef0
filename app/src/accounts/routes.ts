import type { Ajv } from 'ajv'
import type { Duration } from 'holdfast'

import { CACHE_TTL_SECONDS } from '../cache-ttl.ts'
import { HttpError, notFound } from '../errors.ts'
import { accountOf, param, sessionOf, type Route, type RouteRequest } from '../route.ts'
import { ROLES, type Account, type Role } from '../auth.ts'
import { checkFields, checkSchema } from '../validation.ts'
import type { Accounts } from './accounts.ts'
import { deviceLabel } from './device-label.ts'
import type { Attempt, Login } from './login.ts'
import { loginSchema, passwordChangeSchema, registrationSchema, roleChangeSchema } from './schemas.ts'

// Roles are given by somebody who has shown the password this recently.
const FRESH: Duration = '15m'

interface Credentials {
  readonly username: string
  readonly password: string
}

export function accountsRoutes(accounts: Accounts, login: Login, ajv: Ajv): readonly Route[] {
  const validateLogin = ajv.compile<Credentials>(loginSchema)
  const validateRegistration = ajv.compile<Credentials>(registrationSchema)
  const validateChange = ajv.compile<{ readonly current_password: string; readonly new_password: string }>(
    passwordChangeSchema,
  )
  const validateRole = ajv.compile<{ readonly role: Role }>(roleChangeSchema)
  return [
    {
      method: 'POST',
      path: '/auth/login',
      role: 'anyone',
      session: true,
      summary: 'Logs in and sets the cookie of a session; also to show the password again',
      limit: 'auth',
      body: loginSchema,
      problems: {
        400: 'Not a name and a password',
        401: 'The name or the password is wrong',
        422: 'A field is missing',
      },
      async handler(request) {
        const { username, password } = checkSchema(validateLogin, checkFields(request.body, ['username', 'password']))
        return profileOf(await login.enter(attemptOf(request), username, password))
      },
    },
    {
      method: 'POST',
      path: '/auth/register',
      role: 'anyone',
      session: true,
      summary: 'Makes an account of the role user',
      limit: 'auth',
      body: registrationSchema,
      problems: { 400: 'Not a name and a password', 409: 'The name is taken', 422: 'A weak password' },
      async handler(request) {
        const fields = checkFields(request.body, ['username', 'password'])
        const { username, password } = checkSchema(validateRegistration, fields)
        const { id, user, role } = await accounts.register(username, password, 'user')
        return { user_id: id, username: user, role }
      },
    },
    {
      method: 'POST',
      path: '/auth/logout',
      role: 'anyone',
      session: true,
      summary: 'Ends the session of the cookie, in every instance; also when there is none',
      async handler(request) {
        await sessionOf(request).logout()
        return { success: true, message: 'Logged out' }
      },
    },
    {
      method: 'POST',
      path: '/auth/logout-everywhere',
      role: 'guest',
      summary: 'Ends all sessions of the account',
      async handler(request) {
        const session = loggedIn(request)
        await session.logout({ everywhere: true })
        return { success: true, message: 'Logged out everywhere' }
      },
    },
    {
      method: 'GET',
      path: '/auth/status',
      role: 'anyone',
      session: true,
      summary: 'Whether somebody is logged in, and who',
      async handler({ account }) {
        return { authenticated: account !== undefined, user: account ? userOf(account) : null }
      },
    },
    {
      method: 'GET',
      path: '/auth/devices',
      role: 'guest',
      summary: 'The sessions of the account: my devices',
      async handler(request) {
        const devices = await loggedIn(request).devices()
        return {
          devices: devices.map(({ handle, label, current, loginAtMs, lastSeenMs, endsMs }) => ({
            handle,
            label,
            current,
            login_at: new Date(loginAtMs).toISOString(),
            last_seen: new Date(lastSeenMs).toISOString(),
            ends: new Date(endsMs).toISOString(),
          })),
          total: devices.length,
        }
      },
    },
    {
      method: 'DELETE',
      path: '/auth/devices/:handle',
      role: 'guest',
      summary: 'Ends one session of the account',
      problems: { 404: 'The account has no such session' },
      async handler(request) {
        if (await login.endDevice(loggedIn(request), param(request, 'handle'))) return { success: true }
        throw notFound('There is no such device')
      },
    },
    {
      method: 'POST',
      path: '/auth/change-password',
      role: 'guest',
      summary: 'Sets another password and ends the other sessions of the account',
      limit: 'auth',
      body: passwordChangeSchema,
      problems: { 400: 'Not two passwords', 422: 'A weak password, or one is missing' },
      async handler(request) {
        const fields = checkFields(request.body, ['current_password', 'new_password'])
        const { current_password, new_password } = checkSchema(validateChange, fields)
        loggedIn(request)
        await login.changePassword(attemptOf(request), accountOf(request), current_password, new_password)
        return { success: true, message: 'The password is changed, and other sessions are ended' }
      },
    },
    {
      method: 'GET',
      path: '/auth/admin/users',
      role: 'admin',
      summary: 'All accounts',
      limit: 'admin',
      async handler() {
        const users = await accounts.list()
        return { users, total: users.length }
      },
    },
    {
      method: 'PUT',
      path: '/auth/admin/users/:user_id/role',
      role: 'admin',
      summary:
        'Sets the role of an account and ends its sessions; needs a session whose login is at most 15 minutes old',
      limit: 'admin',
      body: roleChangeSchema,
      problems: { 400: `Not one of ${ROLES.join(', ')}`, 404: 'There is no such account', 422: 'The role is missing' },
      async handler(request) {
        const { role } = checkSchema(validateRole, checkFields(request.body, ['role']))
        loggedIn(request).requireFresh(FRESH)
        const ended = await login.changeRole(param(request, 'user_id'), role)
        if (ended === undefined) throw notFound('There is no such account')
        return { success: true, role, sessions_ended: ended }
      },
    },
  ]
}

function attemptOf(request: RouteRequest): Attempt {
  return { session: sessionOf(request), address: request.address, label: deviceLabel(request.userAgent) }
}

/** The session of somebody who has one: a token is no session. */
function loggedIn(request: RouteRequest): ReturnType<typeof sessionOf> {
  const session = sessionOf(request)
  if (session.user === undefined) throw new HttpError(401, 'This needs a login, not a token')
  return session
}

function userOf({ id, user, role }: Account): {
  readonly user_id: string
  readonly username: string
  readonly role: Role
} {
  return { user_id: id, username: user, role }
}

function profileOf(account: Account): object {
  return { ...userOf(account), expires_in: CACHE_TTL_SECONDS.user_sessions }
}
