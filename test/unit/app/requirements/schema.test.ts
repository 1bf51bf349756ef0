import { describe, expect, it } from 'vitest'

import { sealDocument, type RequirementsBody } from '../../../../app/src/requirements/document.ts'
import { requirementsBodySchema, requirementsDocumentSchema } from '../../../../app/src/requirements/schema.ts'
import { readRequirements } from '../../../../app/src/load-data.ts'
import { createAjv } from '../../../../app/src/validation.ts'

const ajv = createAjv()
const isBody = ajv.compile(requirementsBodySchema)
const isDocument = ajv.compile(requirementsDocumentSchema)

const requirement = { id: 'FR-101', title: 'Budget', description: 'Compute the budget', priority: 'high' }
const body: RequirementsBody = {
  title: 'Encounter builder',
  version: '1.2.0',
  description: 'Rules for building encounters',
  requirements: { functional: [requirement], non_functional: [] },
}
const withRequirement = (change: object) => ({
  ...body,
  requirements: { functional: [{ ...requirement, ...change }], non_functional: [] },
})

describe('the schema of requirements', () => {
  it('takes a submission, and the document that it becomes', () => {
    expect(isBody(body)).toBe(true)
    expect(isDocument(sealDocument(body, { versionId: 1, author: 'ada', nowMs: 1 }))).toBe(true)
  })

  it('takes FR-PERF-404, whole', async () => {
    const document = await readRequirements()
    const sealed = sealDocument(document, { versionId: 1, author: 'ttrpg-center', nowMs: 1 })
    expect(isDocument(sealed)).toBe(true)
    const ids = (list: readonly object[] | undefined) => (list ?? []).map((one) => 'id' in one && one.id)
    expect(ids(document.requirements.functional)).toEqual(['FR-404.1', 'FR-404.2', 'FR-404.3', 'FR-404.4', 'FR-404.5'])
    expect(ids(document.requirements.non_functional)).toEqual(
      expect.arrayContaining(['TR-404.1', 'TR-404.2', 'TR-404.3', 'RISK-404.1', 'RISK-404.4']),
    )
    expect(ids(document.acceptance_criteria)).toEqual(['AC-404.1', 'AC-404.2', 'AC-404.3', 'AC-404.4'])
    const criteria = document.requirements.functional.map(
      (one) => 'acceptance_criteria' in one && one.acceptance_criteria,
    )
    for (const list of criteria) expect(list).toHaveLength(5)
  })

  it.each(['FR-101', 'NFR-0010', 'FR-404.1', 'AB-123.45'])('takes the id %s', (id) => {
    expect(isBody(withRequirement({ id }))).toBe(true)
  })

  it.each(['fr-101', 'F-101', 'FR-1', 'FR-404.', 'FR-404.1.2', 'FR-404.x', ' FR-404'])('refuses the id %s', (id) => {
    expect(isBody(withRequirement({ id }))).toBe(false)
  })

  it.each([
    ['an unknown field at the top', { ...body, owner: 'ada' }],
    ['an unknown field in a requirement', withRequirement({ owner: 'ada' })],
    ['no requirements', { title: body.title, version: body.version, description: body.description }],
    ['a version of two numbers', { ...body, version: '1.2' }],
    ['a title of 201 characters', { ...body, title: 'x'.repeat(201) }],
    ['a control character deep inside', withRequirement({ acceptance_criteria: ['a\u0000b'] })],
    ['an unknown priority', withRequirement({ priority: 'urgent' })],
    ['half an hour', withRequirement({ estimate_hours: 0.5 })],
    [
      'a criterion with another id',
      { ...body, acceptance_criteria: [{ id: 'X-1', description: 'd', test_type: 'unit' }] },
    ],
    [
      'a contact that is no address',
      { ...body, stakeholders: [{ name: 'n', role: 'r', involvement: 'primary', contact: 'x' }] },
    ],
  ])('refuses %s', (_what, value) => {
    expect(isBody(value)).toBe(false)
  })

  it('refuses a document whose time has no zone', () => {
    const document = sealDocument(body, { versionId: 1, author: 'ada', nowMs: 1 })
    const metadata = { ...document.metadata, timestamp: '2025-09-07T03:01:44' }
    expect(isDocument({ ...document, metadata })).toBe(false)
  })
})
