import { FEATURE_STATUSES } from './feature.ts'

/** The schemas of what clients send about feature requests (JSON Schema draft-07). */
const text = (min: number, max: number) => ({ type: 'string', minLength: min, maxLength: max, format: 'text' }) as const

/** What a user story looks like: who, what, and what for. */
export const USER_STORY = /^As\san?\s.+,?\sI\swant\s.+,?\sso\sthat\s.+$/isu

/** What POST /api/features/submit takes. */
export const featureBodySchema = {
  $id: 'feature-body',
  title: 'A feature request',
  type: 'object',
  additionalProperties: false,
  required: ['title', 'description', 'priority', 'requester'],
  properties: {
    title: { ...text(5, 200), pattern: '^[a-zA-Z0-9\\s\\-_.,()]+$' },
    description: text(10, 5000),
    priority: { type: 'string', enum: ['low', 'medium', 'high', 'critical'] },
    requester: { type: 'string', minLength: 1, maxLength: 100, pattern: '^[a-zA-Z0-9._-]+$' },
    category: {
      type: 'string',
      enum: ['ui', 'api', 'database', 'security', 'performance', 'integration', 'documentation', 'testing', 'other'],
    },
    business_value: text(1, 1000),
    effort_estimate: { type: 'integer', minimum: 1, maximum: 1000 },
    user_story: text(1, 1000),
    acceptance_criteria: { type: 'array', maxItems: 50, items: text(1, 500) },
    tags: { type: 'array', maxItems: 10, uniqueItems: true, items: text(1, 50) },
  },
} as const

/** What POST /api/features/:id/approve takes, once its action is known to be one. */
export const decisionSchema = {
  $id: 'feature-decision',
  title: 'A decision about a feature request',
  type: 'object',
  additionalProperties: false,
  required: ['action'],
  properties: { action: { type: 'string', enum: ['approve', 'reject'] }, reason: text(1, 1000) },
} as const

const instant = { type: 'string', format: 'date-time' } as const
const account = { type: 'string', minLength: 1, maxLength: 100, pattern: '^[a-zA-Z0-9._-]+$' } as const
const orNull = (schema: object) => ({ anyOf: [schema, { type: 'null' }] }) as const

const decidedWithout = (field: string) => ({
  type: 'object',
  required: ['status', field],
  properties: { status: { enum: ['approved', 'rejected'] }, [field]: { type: 'null' } },
})

/** What is stored and answered. A decision names who made it and when, and a rejection may say why. */
export const featureSchema = {
  $id: 'feature-request',
  title: 'A feature request as it is stored',
  type: 'object',
  additionalProperties: false,
  required: [
    ...featureBodySchema.required,
    'request_id',
    'status',
    'created_at',
    'updated_at',
    'approved_by',
    'rejection_reason',
  ],
  properties: {
    ...featureBodySchema.properties,
    request_id: { type: 'string', pattern: '^FR-[0-9]{3,20}$' },
    status: { type: 'string', enum: FEATURE_STATUSES },
    created_at: instant,
    updated_at: orNull(instant),
    approved_by: orNull(account),
    rejection_reason: orNull(text(1, 1000)),
  },
  allOf: [{ not: decidedWithout('updated_at') }, { not: decidedWithout('approved_by') }],
} as const
