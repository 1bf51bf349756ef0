/**
 * The schemas of requirements documents (JSON Schema draft-07): of what is submitted, and of what is stored, which adds
 * the metadata. Nothing unknown is let through at any level, so that nothing a client sends is silently lost.
 */
const text = (min: number, max: number) => ({ type: 'string', minLength: min, maxLength: max, format: 'text' }) as const
const oneOf = (...values: readonly string[]) => ({ type: 'string', enum: values }) as const
const listOf = (items: object) => ({ type: 'array', items }) as const
const record = (required: readonly string[], properties: Readonly<Record<string, object>>) =>
  ({ type: 'object', additionalProperties: false, required, properties }) as const

const LEVELS = ['critical', 'high', 'medium', 'low'] as const

// A number may have a part after a dot: FR-404.1 is the first requirement of FR-404.
const requirementId = { type: 'string', pattern: '^[A-Z]{2,4}-\\d{3,4}(\\.\\d+)?$' } as const
const criterionId = { type: 'string', pattern: '^AC-\\d{3,4}(\\.\\d+)?$' } as const

const requirement = record(['id', 'title', 'description', 'priority'], {
  id: requirementId,
  title: text(1, 200),
  description: text(1, 2000),
  priority: oneOf(...LEVELS),
  category: oneOf('security', 'performance', 'usability', 'reliability', 'scalability', 'functionality', 'integration'),
  acceptance_criteria: listOf(text(1, 500)),
  dependencies: listOf(requirementId),
  risk_level: oneOf(...LEVELS),
  estimate_hours: { type: 'integer', minimum: 0, maximum: 1000 },
})

const constraint = record(['type', 'description'], {
  type: oneOf('technical', 'business', 'regulatory', 'resource', 'time'),
  description: text(1, 1000),
  impact: oneOf(...LEVELS),
})

const stakeholder = record(['name', 'role', 'involvement'], {
  name: text(1, 100),
  role: text(1, 100),
  involvement: oneOf('primary', 'secondary', 'reviewer', 'informed'),
  contact: { type: 'string', format: 'email', maxLength: 254 },
})

const criterion = record(['id', 'description', 'test_type'], {
  id: criterionId,
  description: text(1, 1000),
  test_type: oneOf('unit', 'functional', 'integration', 'performance', 'security', 'usability'),
  success_criteria: text(1, 500),
})

const metadata = record(['version_id', 'author', 'timestamp'], {
  version_id: { type: 'integer', minimum: 1 },
  author: { type: 'string', minLength: 1, maxLength: 100, pattern: '^[a-zA-Z0-9._-]+$' },
  timestamp: { type: 'string', format: 'date-time' },
  created_at: { type: 'number' },
  checksum: { type: 'string', pattern: '^[a-f0-9]{64}$' },
  phase: { type: 'integer', minimum: 0, maximum: 7 },
  priority: oneOf(...LEVELS),
})

const body = {
  title: text(1, 200),
  version: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$', maxLength: 50 },
  description: text(1, 2000),
  requirements: record(['functional', 'non_functional'], {
    functional: listOf(requirement),
    non_functional: listOf(requirement),
    constraints: listOf(constraint),
    assumptions: listOf(text(1, 500)),
  }),
  stakeholders: listOf(stakeholder),
  acceptance_criteria: listOf(criterion),
} as const

const BODY_FIELDS = ['title', 'version', 'description', 'requirements'] as const

/** What POST /api/requirements/submit takes. */
export const requirementsBodySchema = {
  $id: 'requirements-body',
  title: 'A submission of requirements',
  ...record(BODY_FIELDS, body),
} as const

/** What is stored and answered. */
export const requirementsDocumentSchema = {
  $id: 'requirements',
  title: 'A version of the requirements',
  ...record([...BODY_FIELDS, 'metadata'], { ...body, metadata }),
} as const
