import type { Ajv } from 'ajv'

import { HttpError } from '../errors.ts'
import { accountOf, param, type Route, type RouteRequest } from '../route.ts'
import { checkFields, checkSchema } from '../validation.ts'
import type { PreferencesOfAccounts } from './of-accounts.ts'
import { preferencesSchema, type Preferences } from './preferences.ts'

const PATH = '/api/user/:user_id/preferences'

export function preferencesRoutes(preferences: PreferencesOfAccounts, ajv: Ajv): readonly Route[] {
  const validate = ajv.compile<Partial<Preferences>>(preferencesSchema)
  return [
    {
      method: 'GET',
      path: PATH,
      role: 'guest',
      summary: 'The preferences of an account: one’s own (also as `me`), or anybody’s for an admin',
      problems: { 404: 'There is no such account' },
      async handler(request) {
        return preferences.byId(ownOrAny(request))
      },
    },
    {
      method: 'PUT',
      path: PATH,
      role: 'user',
      summary: 'Changes some of the preferences of an account',
      limit: 'write',
      body: preferencesSchema,
      problems: {
        400: 'A preference that does not exist, or a value that it does not take',
        404: 'There is no such account',
      },
      async handler(request) {
        const id = ownOrAny(request)
        const change = checkSchema(validate, checkFields(request.body, []))
        return preferences.change(id, change)
      },
    },
  ]
}

/** The account that a path names. @throws HttpError 403 for another one's, unless an admin asks */
function ownOrAny(request: RouteRequest): string {
  const account = accountOf(request)
  const named = param(request, 'user_id')
  if (named === 'me' || named === account.id) return account.id
  if (account.role !== 'admin') throw new HttpError(403, 'These are the preferences of another account')
  if (/^u-[\w-]{1,64}$/.test(named)) return named
  throw new HttpError(404, 'There is no such account')
}
