import type { Ajv } from 'ajv'

import { notFound, unprocessable } from '../errors.ts'
import { readWhole, readWord } from '../query.ts'
import { accountOf, documentOr404, param, type Route } from '../route.ts'
import { checkFields, checkSchema } from '../validation.ts'
import { LONGEST_LIST, type Features } from './cached.ts'
import { FEATURE_STATUSES, type Decision, type FeatureBody } from './feature.ts'
import { decisionSchema, featureBodySchema, USER_STORY } from './schema.ts'

const DEFAULT_LIMIT = 50
const ID = /^FR-\d{3,20}$/
const ABSENT = 'Feature request not found'

export function featuresRoutes(features: Features, ajv: Ajv): readonly Route[] {
  const validateBody = ajv.compile<FeatureBody>(featureBodySchema)
  const validateDecision = ajv.compile<Pick<Decision, 'action' | 'reason'>>(decisionSchema)
  return [
    {
      method: 'GET',
      path: '/api/features',
      role: 'anyone',
      summary: 'Feature requests, the newest first',
      query: {
        status: { type: 'string', enum: FEATURE_STATUSES },
        limit: { type: 'integer', minimum: 1, maximum: LONGEST_LIST, default: DEFAULT_LIMIT },
      },
      problems: { 422: 'A status that does not exist, or a limit out of range' },
      async handler({ query }) {
        const name = readWord('status', query['status'], FEATURE_STATUSES) ?? 'all'
        const limit = readWhole('limit', query['limit'], { fallback: DEFAULT_LIMIT, min: 1, max: LONGEST_LIST })
        const list = (await features.list(name)).slice(0, limit)
        return { features: list, total: list.length, filtered_by_status: name === 'all' ? null : name }
      },
    },
    {
      method: 'GET',
      path: '/api/features/:request_id',
      role: 'anyone',
      summary: 'One feature request',
      problems: { 404: 'There is no such feature request' },
      async handler(request) {
        const id = param(request, 'request_id')
        if (!ID.test(id)) throw notFound(ABSENT)
        return documentOr404(await features.byIdJson(id, request.ifNoneMatch), ABSENT)
      },
    },
    {
      method: 'POST',
      path: '/api/features/submit',
      role: 'anyone',
      summary: 'Asks for a feature',
      limit: 'write',
      body: featureBodySchema,
      problems: { 400: 'The request does not match its schema', 422: 'A field is missing, or no user story' },
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
      summary: 'Approves or rejects, in the name of whoever is logged in',
      limit: 'admin',
      body: decisionSchema,
      problems: { 400: 'Not a decision', 404: 'There is no such feature request', 422: 'No known action' },
      async handler(request) {
        const { user } = accountOf(request)
        const id = param(request, 'request_id')
        // Who decides is whoever the token stands for; a body that names an admin, as older clients do, changes nothing.
        const { admin: _admin, ...fields } = checkFields(request.body, ['action'])
        checkAction(fields['action'])
        const decision = { ...checkSchema(validateDecision, fields), by: user }
        const feature = ID.test(id) ? await features.decide(id, decision) : null
        if (!feature) throw notFound(ABSENT)
        return { success: true, message: `Feature request ${feature.status} successfully` }
      },
    },
  ]
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
