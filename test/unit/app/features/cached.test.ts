import { createCache } from 'holdfast'
import { describe, expect, it } from 'vitest'

import { createFeatures } from '../../../../app/src/features/cached.ts'
import type { AuditFacts } from '../../../../app/src/audit/chain.ts'
import { partOf, type Feature } from '../../../../app/src/features/feature.ts'
import type { FeaturesRepository } from '../../../../app/src/features/repository.ts'
import { createRunWrite } from '../../../../app/src/invalidation.ts'

const body = { title: 'A title', description: 'Ten letters', priority: 'low', requester: 'uma' } as const

function inMemory({ randoms = [1, 2, 3] }: { readonly randoms?: number[] } = {}) {
  const features = new Map<string, Feature>()
  const chain: (string | null)[] = []
  const walks: (number | undefined)[] = []
  const recorded: AuditFacts[] = []
  const repository: Omit<FeaturesRepository, 'byIds'> = {
    async summaries(part) {
      walks.push(part)
      return [...features.values()].filter(({ request_id }) => part === undefined || partOf(request_id) === part)
    },
    byId: async (id) => features.get(id),
    async insert(feature) {
      if (features.has(feature.request_id)) return 'refused'
      features.set(feature.request_id, feature)
      return 'applied'
    },
    async change(seen, change) {
      const now = features.get(seen.request_id)
      if (now?.status !== seen.status || now.updated_at !== seen.updated_at) return 'refused'
      chain.push(seen.updated_at)
      features.set(seen.request_id, { ...now, ...change })
      return 'applied'
    },
  }
  const cache = createCache({ redis: null, namespace: 'features' })
  const service = createFeatures({
    repository,
    cache,
    runWrite: createRunWrite(cache),
    record: async (facts) => void recorded.push(facts),
    nowMs: () => 5000,
    randomBelow: () => randoms.shift() ?? 0,
  })
  return { service, chain, recorded, walks }
}

describe('feature requests through the cache', () => {
  it('draws another id when the first is taken', async () => {
    const { service } = inMemory({ randoms: [7, 7, 8] })
    const ids = [await service.submit(body), await service.submit(body)].map(({ request_id }) => request_id)
    expect(ids).toEqual(['FR-50000007', 'FR-50000008'])
  })

  it('shows a new one in the lists that it belongs to', async () => {
    const { service } = inMemory()
    expect([await service.list('all'), await service.list('pending')]).toEqual([[], []])
    await service.submit(body)
    const lengths = [await service.list('all'), await service.list('pending')].map((list) => list.length)
    expect(lengths).toEqual([1, 1])
  })

  it('moves a decided one from list to list', async () => {
    const { service } = inMemory()
    const { request_id } = await service.submit(body)
    const lengths = async () =>
      [await service.list('pending'), await service.list('approved'), await service.list('rejected')].map(
        (list) => list.length,
      )
    expect(await lengths()).toEqual([1, 0, 0])
    await service.decide(request_id, { action: 'approve', by: 'ada' })
    expect(await lengths()).toEqual([0, 1, 0])
    await service.decide(request_id, { action: 'reject', by: 'bob' })
    expect(await lengths()).toEqual([0, 0, 1])
    expect(await service.byId(request_id)).toMatchObject({ status: 'rejected', approved_by: 'bob' })
  })

  it('walks through all of them once, and after a change through the part that changed', async () => {
    const { service, walks } = inMemory({ randoms: [107, 108] })
    const lists = async () => {
      const [all, pending, approved, revisions] = [
        await service.list('all'),
        await service.list('pending'),
        await service.list('approved'),
        await service.revisions(),
      ]
      return [all, pending, approved, revisions].map((list) => list.length)
    }
    const { request_id } = await service.submit(body)
    expect(await lists()).toEqual([1, 1, 0, 1])
    expect(walks).toEqual([undefined])
    await service.submit(body)
    expect(await lists()).toEqual([2, 2, 0, 2])
    await service.decide(request_id, { action: 'approve', by: 'ada' })
    expect(await lists()).toEqual([2, 1, 1, 2])
    expect(walks).toEqual([undefined, 8, 7])
  })

  it('applies decisions made at once one after the other, each on what the one before left', async () => {
    const { service, chain } = inMemory()
    const { request_id } = await service.submit(body)
    const deciders = ['a', 'b', 'c', 'd', 'e']
    await Promise.all(deciders.map((by) => service.decide(request_id, { action: 'approve', by })))
    expect(chain).toHaveLength(deciders.length)
    expect(new Set(chain).size).toBe(deciders.length)
  })

  it('knows nothing of an id that is not there', async () => {
    const { service } = inMemory()
    expect(await service.byId('FR-123')).toBeNull()
    expect(await service.decide('FR-123', { action: 'approve', by: 'ada' })).toBeNull()
  })
})
