import { describe, expect, it } from 'vitest'

import { createSchemas } from '../../../../app/src/schema-validation/schemas.ts'
import { validateWith } from '../../../../app/src/schema-validation/validate.ts'
import { createAjv } from '../../../../app/src/validation.ts'

const schemas = createSchemas(createAjv())
const feature = {
  request_id: 'FR-123',
  title: 'A good title',
  description: 'Ten letters and more',
  priority: 'low',
  requester: 'uma',
  status: 'pending',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: null,
  approved_by: null,
  rejection_reason: null,
}
const check = (document: unknown) => validateWith(schemas.feature_request, document, () => 0)

describe('a document against its schema', () => {
  it('is valid as the service stores it', () => {
    expect(check(feature)).toEqual({ is_valid: true, errors: [], validation_time_ms: 0 })
  })

  it('is told every place where it is not', () => {
    const { is_valid, errors } = check({ ...feature, title: 'x', status: 'gone', requester: undefined })
    expect(is_valid).toBe(false)
    expect(errors.map(({ field_path }) => field_path).toSorted()).toEqual(['requester', 'status', 'title'])
    expect(errors[0]).toHaveProperty('schema_path')
  })

  it('does not have what it holds repeated', () => {
    expect(JSON.stringify(check({ ...feature, status: 'a-secret' }))).not.toContain('a-secret')
  })

  it('that was decided upon says by whom and when', () => {
    const approved = { ...feature, status: 'approved', updated_at: feature.created_at, approved_by: 'ada' }
    expect(check(approved).is_valid).toBe(true)
    expect(check({ ...approved, approved_by: null }).is_valid).toBe(false)
    expect(check({ ...approved, updated_at: null }).is_valid).toBe(false)
  })

  it('lists a hundred errors at most', () => {
    const tags = Array.from({ length: 300 }, () => '')
    expect(check({ ...feature, tags }).errors.length).toBeLessThanOrEqual(100)
  })
})

describe('the schemas', () => {
  it('have a fingerprint each, which changes with them', () => {
    expect(schemas.requirements.fingerprint).toMatch(/^[0-9a-f]{16}$/)
    expect(schemas.requirements.fingerprint).not.toBe(schemas.feature_request.fingerprint)
    expect(createSchemas(createAjv()).requirements.fingerprint).toBe(schemas.requirements.fingerprint)
  })
})
