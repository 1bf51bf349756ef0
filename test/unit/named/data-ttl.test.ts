/** How long the reference service keeps each kind of data: the figures that FR-404.2 and TR-404.1 name. */
import { setImmediate } from 'node:timers/promises'

import { createCache, type Cache } from 'holdfast'
import { describe, expect, it } from 'vitest'

import { createFeatures } from '../../../app/src/features/cached.ts'
import type { FeaturesRepository } from '../../../app/src/features/repository.ts'
import { createRunWrite } from '../../../app/src/invalidation.ts'
import { createRequirements } from '../../../app/src/requirements/cached.ts'
import { sealDocument } from '../../../app/src/requirements/document.ts'
import type { RequirementsRepository } from '../../../app/src/requirements/repository.ts'
import { createSources } from '../../../app/src/sources/cached.ts'
import type { SourcesRepository } from '../../../app/src/sources/repository.ts'
import { fakeClock } from '../../support/fake-clock.ts'

type Count = () => void

const body = { title: 't', version: '1.0.0', description: 'd', requirements: { functional: [], non_functional: [] } }
const document = sealDocument(body, { versionId: 1000, author: 'ada', nowMs: 1000 })

function requirementsOf(cache: Cache, read: Count) {
  const repository: Omit<RequirementsRepository, 'byIds'> = {
    latest: async () => (read(), document),
    versions: async () => (read(), []),
    byId: async () => (read(), document),
    insert: async () => 'applied',
  }
  return createRequirements({ repository, cache, runWrite: createRunWrite(cache), nowMs: () => 1000 })
}

function featuresOf(cache: Cache, read: Count) {
  const repository: Omit<FeaturesRepository, 'byIds'> = {
    summaries: async () => (read(), []),
    byId: async () => (read(), undefined),
    insert: async () => 'applied',
    change: async () => 'applied',
  }
  return createFeatures({
    repository,
    cache,
    runWrite: createRunWrite(cache),
    record: async () => {},
    nowMs: () => 1000,
    randomBelow: () => 0,
  })
}

function sourcesOf(cache: Cache, read: Count) {
  const repository: SourcesRepository = {
    // As many as make the query as dear as it can be for its TTL.
    counts: async () => (read(), [{ file: 'a.json', documents: 15_000 }]),
    byId: async () => undefined,
    replace: async () => 'replaced',
    idsOf: async () => new Set(),
    insert: async () => ({ added: 0, present: 0, refused: [] }),
  }
  return createSources({ repository, cache, runWrite: createRunWrite(cache) })
}

type Ask = (cache: Cache, read: Count) => () => Promise<unknown>

const kinds: readonly (readonly [what: string, minutes: number, ask: Ask])[] = [
  ['the newest requirements, an hour', 60, (cache, read) => () => requirementsOf(cache, read).latest()],
  ['the list of versions, an hour', 60, (cache, read) => () => requirementsOf(cache, read).versions()],
  ['a version of the requirements, an hour', 60, (cache, read) => () => requirementsOf(cache, read).byId(1000)],
  ['a list of features, 15 minutes', 15, (cache, read) => () => featuresOf(cache, read).list('all')],
  ['the counts of a dear query, 5 minutes', 5, (cache, read) => () => sourcesOf(cache, read).counts()],
  ['that a feature does not exist, a minute', 1, (cache, read) => () => featuresOf(cache, read).byId('FR-1')],
]

describe('how long the service keeps what it read', () => {
  it.each(kinds)('%s: not one millisecond longer, and not one less', async (_what, minutes, ask) => {
    const clock = fakeClock()
    const cache = createCache({ redis: null, namespace: 'ttl', clock })
    let reads = 0
    const once = ask(cache, () => (reads += 1))

    await once()
    clock.advance(minutes * 60_000 - 1)
    await once()
    expect(reads).toBe(1)
    clock.advance(1)
    await once()
    // Where the last value is shown in its grace, the load is behind the reader.
    await setImmediate()
    expect(reads).toBe(2)
    await cache.close()
  })
})
