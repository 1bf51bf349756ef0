import { createCache } from 'holdfast'
import { describe, expect, it } from 'vitest'

import { brokenLinks, nextEntry, type AuditEntry } from '../../../../app/src/audit/chain.ts'
import { createAudit } from '../../../../app/src/audit/trail.ts'
import { createRunWrite } from '../../../../app/src/invalidation.ts'

const facts = (id: string) =>
  ({ request_id: id, old_status: null, new_status: 'pending', admin: 'uma', reason: null, timestamp: 'now' }) as const

function inMemory() {
  const entries = new Map<number, AuditEntry>()
  const all = () => [...entries.values()].sort((one, other) => one.sequence - other.sequence)
  let heads = 0
  const repository = {
    head: async () => ((heads += 1), all().at(-1)),
    insert: async (entry: AuditEntry) => {
      if (entries.has(entry.sequence)) return 'refused' as const
      entries.set(entry.sequence, entry)
      return 'applied' as const
    },
    newest: async (id: string | undefined) => all().filter((one) => id === undefined || one.request_id === id),
    all: async () => all(),
  }
  const cache = createCache({ redis: null, namespace: 'audit' })
  const open = () =>
    createAudit({ repository, features: async () => [], cache, runWrite: createRunWrite(cache), key: 'key' })
  return { open, all, entries, heads: () => heads }
}

describe('the audit trail', () => {
  it('is one chain, whoever writes to it at the same time', async () => {
    const { open, all } = inMemory()
    const [one, other] = [open(), open()]
    await Promise.all(Array.from({ length: 20 }, (_none, at) => (at % 2 ? one : other).record(facts(`FR-${at}`))))
    expect(all()).toHaveLength(20)
    expect(brokenLinks(all(), 'key')).toEqual([])
  })

  it('asks for its end only when somebody else wrote', async () => {
    const { open, all, entries, heads } = inMemory()
    const audit = open()
    for (const id of ['FR-1', 'FR-2', 'FR-3']) await audit.record(facts(id))
    expect(heads()).toBe(0)
    entries.set(4, nextEntry(all().at(-1), facts('FR-4'), 'key'))
    await audit.record(facts('FR-5'))
    expect([heads(), await audit.problems()]).toEqual([1, []])
  })

  it('shows a new entry at once, in the list of all and of its own', async () => {
    const audit = inMemory().open()
    await audit.record(facts('FR-1'))
    expect([await audit.newest(undefined), await audit.newest('FR-2')].map(({ length }) => length)).toEqual([1, 0])
    await audit.record(facts('FR-2'))
    expect([await audit.newest(undefined), await audit.newest('FR-2')].map(({ length }) => length)).toEqual([2, 1])
  })
})
