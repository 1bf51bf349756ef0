import { describe, expect, it } from 'vitest'

import {
  brokenLinks,
  missingDecisions,
  nextEntry,
  type AuditEntry,
  type AuditFacts,
} from '../../../../app/src/audit/chain.ts'

const KEY = 'a key'
const facts = (id: string, timestamp = '2026-01-01T00:00:00.000Z'): AuditFacts => ({
  request_id: id,
  old_status: 'pending',
  new_status: 'approved',
  admin: 'ada',
  reason: null,
  timestamp,
})

function chainOf(...ids: readonly string[]): AuditEntry[] {
  const chain: AuditEntry[] = []
  for (const id of ids) chain.push(nextEntry(chain.at(-1), facts(id), KEY))
  return chain
}

describe('the chain', () => {
  it('is whole as it was made', () => {
    const chain = chainOf('FR-1', 'FR-2', 'FR-3')
    expect(chain.map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    expect([brokenLinks(chain, KEY), brokenLinks([], KEY)]).toEqual([[], []])
  })

  it.each(['request_id', 'old_status', 'new_status', 'admin', 'reason', 'timestamp'] as const)(
    'shows that %s of an entry was changed',
    (field) => {
      const chain = chainOf('FR-1', 'FR-2', 'FR-3').map((entry) =>
        entry.sequence === 2 ? { ...entry, [field]: 'rejected' } : entry,
      )
      expect(brokenLinks(chain, KEY)).toEqual(['Entry 2: checksum mismatch'])
    },
  )

  it('shows that an entry was taken out, or put in', () => {
    const [first, , third] = chainOf('FR-1', 'FR-2', 'FR-3') as [AuditEntry, AuditEntry, AuditEntry]
    expect(brokenLinks([first, third], KEY)).toEqual(['Entry 2: missing'])
    const forged = nextEntry(first, facts('FR-9'), KEY)
    expect(brokenLinks([first, forged, third], KEY)).toEqual(['Entry 3: does not follow the one before'])
  })

  it('cannot be made anew without the key', () => {
    const [first] = chainOf('FR-1') as [AuditEntry]
    const forged = nextEntry(first, facts('FR-9'), 'another key')
    expect(brokenLinks([first, forged], KEY)).toEqual(['Entry 2: checksum mismatch'])
  })

  it('shows by the feature requests that its end was cut off', () => {
    const decided = { request_id: 'FR-2', status: 'approved', updated_at: '2026-01-01T00:00:00.000Z' } as const
    const undecided = { request_id: 'FR-3', status: 'pending', updated_at: null } as const
    expect(missingDecisions(chainOf('FR-1', 'FR-2'), [decided, undecided])).toEqual([])
    expect(missingDecisions(chainOf('FR-1'), [decided, undecided])).toEqual([
      'Feature request FR-2: its last decision has no entry',
    ])
  })
})
