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
