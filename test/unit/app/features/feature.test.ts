import { describe, expect, it } from 'vitest'

import { decide, type Feature } from '../../../../app/src/features/feature.ts'

const pending: Feature = {
  request_id: 'FR-1',
  title: 'Title',
  description: 'Description',
  priority: 'low',
  requester: 'uma',
  status: 'pending',
  created_at: '2025-01-01T00:00:00.000Z',
  updated_at: null,
  approved_by: null,
  rejection_reason: null,
}
const nowMs = Date.parse('2025-01-02T00:00:00Z')

describe('decide', () => {
  it('approves', () => {
    expect(decide(pending, { action: 'approve', by: 'ada' }, nowMs)).toEqual({
      status: 'approved',
      updated_at: '2025-01-02T00:00:00.000Z',
      approved_by: 'ada',
      rejection_reason: null,
    })
  })

  it('rejects an approved one, with a reason', () => {
    const approved = { ...pending, ...decide(pending, { action: 'approve', by: 'ada' }, nowMs) }
    expect(decide(approved, { action: 'reject', by: 'bob', reason: 'too late' }, nowMs + 5)).toEqual({
      status: 'rejected',
      updated_at: '2025-01-02T00:00:00.005Z',
      approved_by: 'bob',
      rejection_reason: 'too late',
    })
  })

  it('keeps the reason that was there when none is given', () => {
    const rejected = { ...pending, status: 'rejected', rejection_reason: 'too dear' } as const
    expect(decide(rejected, { action: 'reject', by: 'ada' }, nowMs).rejection_reason).toBe('too dear')
  })

  it('is always later than the decision before, also when the clock has not moved or went back', () => {
    const decided = { ...pending, updated_at: new Date(nowMs).toISOString() }
    for (const clock of [nowMs, nowMs - 1000]) {
      expect(decide(decided, { action: 'approve', by: 'ada' }, clock).updated_at).toBe('2025-01-02T00:00:00.001Z')
    }
  })
})
