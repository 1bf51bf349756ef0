import type { Ajv } from 'ajv'

import { notFound, unprocessable } from '../errors.ts'
import { adminOf, param, type Route } from '../route.ts'
import { checkFields, checkSchema } from '../validation.ts'
import { LONGEST_LIST, type Features } from './cached.ts'
import { FEATURE_STATUSES, type Decision, type FeatureBody, type FeatureListName } from './feature.ts'
import { decisionSchema, featureBodySchema, USER_STORY } from './schema.ts'

const DEFAULT_LIMIT = 50
const ID = /^FR-\d{3,20}$/

export function featuresRoutes(features: Features, ajv: Ajv): readonly Route[] {
  const validateBody = ajv.compile<FeatureBody>(featureBodySchema)
  const validateDecision = ajv.compile<Pick<Decision, 'action' | 'reason'>>(decisionSchema)
  return [
    {
      method: 'GET',
      path: '/api/features',
      role: 'anyone',
      async handler({ query }) {
        const name = readStatus(query['status'])
        const limit = readLimit(query['limit'])
        const list = (await features.list(name)).slice(0, limit)
        return { features: list, total: list.length, filtered_by_status: name === 'all' ? null : name }
      },
    },
    {
      method: 'GET',
      path: '/api/features/:request_id',
      role: 'anyone',
      async handler(request) {
        const id = param(request, 'request_id')
        const feature = ID.test(id) ? await features.byId(id) : null
        if (!feature) throw notFound('Feature request not found')
        return feature
      },
    },
    {
      method: 'POST',
      path: '/api/features/submit',
      role: 'anyone',
      async handler(request) {
        const fields = checkFields(request.body, ['title', 'description', 'priority', 'requester'])
        checkUserStory(fields['user_story'])
        const { request_id } = await features.submit(checkSchema(validateBody, fields))
        return { success: true, request_id, message: 'Feature request submitted' }
      },
    },
    {
      method: 'POST',
      path: '/api/features/:request_id/approve',
      role: 'admin',
      async handler(request) {
        const { user } = adminOf(request)
        const id = param(request, 'request_id')
        // Who decides is whoever the token stands for; a body that names an admin, as older clients do, changes nothing.
        const { admin: _admin, ...fields } = checkFields(request.body, ['action'])
        checkAction(fields['action'])
        const decision = { ...checkSchema(validateDecision, fields), by: user }
        const feature = ID.test(id) ? await features.decide(id, decision) : null
        if (!feature) throw notFound('Feature request not found')
        return { success: true, message: `Feature request ${feature.status} successfully` }
      },
    },
  ]
}

function readStatus(status: unknown): FeatureListName {
  if (status === undefined) return 'all'
  const known = FEATURE_STATUSES.find((one) => one === status)
  if (known) return known
  const msg = `status must be one of ${FEATURE_STATUSES.join(', ')}`
  throw unprocessable([{ type: 'enum', loc: ['query', 'status'], msg, input: status }])
}

function readLimit(limit: unknown): number {
  if (limit === undefined) return DEFAULT_LIMIT
  const number = typeof limit === 'string' && /^\d{1,9}$/.test(limit) ? Number(limit) : Number.NaN
  if (number >= 1 && number <= LONGEST_LIST) return number
  const msg = `limit must be a whole number from 1 to ${LONGEST_LIST}`
  throw unprocessable([{ type: 'int_range', loc: ['query', 'limit'], msg, input: limit }])
}

function checkUserStory(story: unknown): void {
  // A longer one is the schema's to refuse, before a pattern runs over it.
  if (story === undefined || (typeof story === 'string' && (story.length > 1000 || USER_STORY.test(story)))) return
  const msg = 'user_story must read: As a … I want … so that …'
  throw unprocessable([{ type: 'string_pattern', loc: ['body', 'user_story'], msg, input: story }])
}

function checkAction(action: unknown): void {
  if (action === 'approve' || action === 'reject') return
  const msg = 'action must be approve or reject'
  throw unprocessable([{ type: 'enum', loc: ['body', 'action'], msg, input: action }])
}
