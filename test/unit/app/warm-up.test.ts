import { createCache, type WarmEntry } from 'holdfast'
import { describe, expect, it } from 'vitest'

import { createFeatures } from '../../../app/src/features/cached.ts'
import type { Feature } from '../../../app/src/features/feature.ts'
import { createRunWrite } from '../../../app/src/invalidation.ts'
import { createRequirements } from '../../../app/src/requirements/cached.ts'
import { sealDocument } from '../../../app/src/requirements/document.ts'
import { warmUp } from '../../../app/src/warm-up.ts'

const feature = (number: number): Feature => ({
  request_id: `FR-${number}`,
  title: 'A title',
  description: 'Ten letters',
  priority: 'low',
  requester: 'uma',
  status: 'pending',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: null,
  approved_by: null,
  rejection_reason: null,
})
const version = (versionId: number) =>
  sealDocument(
    { title: 'T', version: '1.0.0', description: 'Ten letters', requirements: {} as never },
    { versionId, author: 'ada', nowMs: versionId },
  )
const summary = (version_id: number) => ({
  version_id,
  version: '1.0.0',
  title: 'T',
  timestamp: '2026-01-01T00:00:00.000Z',
  author: 'ada',
  checksum: 'c',
})

function service({ hottest = [] as readonly string[], isAway = false } = {}) {
  const cache = createCache({ redis: null, namespace: 'warm-up' })
  const runWrite = createRunWrite(cache)
  const loads: string[] = []
  const counted = <T>(name: string, value: T): Promise<T> => {
    loads.push(name)
    return isAway ? Promise.reject(new Error('away')) : Promise.resolve(value)
  }
  const refuse = () => Promise.resolve('refused' as const)
  const features = createFeatures({
    repository: {
      summaries: () => counted('summaries', [feature(2), feature(1)]),
      byId: (id) => counted(id, feature(Number(id.slice(3)))),
      insert: refuse,
      change: refuse,
    },
    cache,
    runWrite,
    record: async () => {},
    nowMs: () => 1,
    randomBelow: () => 0,
  })
  const requirements = createRequirements({
    repository: {
      latest: () => counted('latest', version(2)),
      versions: () => counted('versions', [summary(1), summary(2)]),
      byId: (id) => counted(`version ${id}`, version(id)),
      insert: refuse,
    },
    cache,
    runWrite,
    nowMs: () => 1,
  })
  const lines: string[] = []
  const hotKeys = {
    async *entries(resolve: (key: string) => WarmEntry | undefined) {
      for (const key of hottest) {
        const entry = resolve(key)
        if (entry) yield entry
      }
    },
  }
  const run = (signal = new AbortController().signal) =>
    warmUp({ cache, features, requirements, hotKeys, signal, progress: (line) => lines.push(line) })
  return { features, requirements, loads, lines, run }
}

describe('the warm-up', () => {
  it('has ready what requests ask for first, so that they load nothing', async () => {
    const { features, requirements, loads, lines, run } = service()
    await run()
    expect(lines.at(-1)).toMatch(/^The cache is warm: 12 entries loaded, 0 fresh already, 0 failed, in \d+ ms$/)
    loads.length = 0
    await Promise.all([
      requirements.latest(),
      requirements.versions(),
      requirements.byId(1),
      requirements.byId(2),
      features.list('all'),
      features.list('cancelled'),
      features.byId('FR-1'),
      features.byId('FR-2'),
    ])
    expect(loads).toEqual([])
  })

  it('begins with what was hottest, and leaves out keys it does not know', async () => {
    const { loads, run } = service({
      hottest: ['features:FR-7', 'requirements:NaN', 'others:1', 'features:', 'requirements:9', 'features:list:all'],
    })
    await run()
    expect(loads.slice(0, 3)).toEqual(['FR-7', 'version 9', 'summaries'])
    expect(loads).not.toContain('version NaN')
  })

  it('counts what the database does not give and still ends', async () => {
    const { lines, run } = service({ isAway: true })
    await run()
    expect(lines).toEqual([expect.stringMatching(/: 0 entries loaded, 0 fresh already, \d+ failed/)])
  })

  it('ends early when the service stops', async () => {
    const { loads, lines, run } = service()
    await run(AbortSignal.abort())
    expect([loads, lines]).toEqual([[], [expect.stringMatching(/^Warming the cache was stopped/)]])
  })
})
