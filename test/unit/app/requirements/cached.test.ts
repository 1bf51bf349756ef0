import { createCache } from 'holdfast'
import { describe, expect, it } from 'vitest'

import { createRunWrite } from '../../../../app/src/invalidation.ts'
import { createRequirements } from '../../../../app/src/requirements/cached.ts'
import type { RequirementsDocument } from '../../../../app/src/requirements/document.ts'
import type { RequirementsRepository } from '../../../../app/src/requirements/repository.ts'

const body = { title: 't', version: '1.0.0', description: 'd', requirements: { functional: [], non_functional: [] } }
const ada = { user: 'ada' }

function inMemory() {
  const documents = new Map<number, RequirementsDocument>()
  const reads: string[] = []
  const newestFirst = () => [...documents.values()].sort((a, b) => b.metadata.version_id - a.metadata.version_id)
  const repository: Omit<RequirementsRepository, 'byIds'> = {
    async latest() {
      reads.push('latest')
      return newestFirst()[0]
    },
    async versions() {
      reads.push('versions')
      return newestFirst().map(({ title, version, metadata }) => ({ title, version, ...metadata }))
    },
    async byId(versionId) {
      reads.push(`byId ${versionId}`)
      return documents.get(versionId)
    },
    async insert(document) {
      const { version_id } = document.metadata
      if (documents.has(version_id)) return 'refused'
      documents.set(version_id, document)
      return 'applied'
    },
  }
  const cache = createCache({ redis: null, namespace: 'requirements' })
  const requirements = createRequirements({ repository, cache, runWrite: createRunWrite(cache), nowMs: () => 1000 })
  return { requirements, reads, documents }
}

describe('requirements through the cache', () => {
  it('asks the database once for what is asked twice', async () => {
    const { requirements, reads } = inMemory()
    await requirements.submit(body, ada)
    for (let time = 0; time < 2; time += 1) {
      await requirements.latest()
      await requirements.versions()
      await requirements.byId(1000)
    }
    expect(reads).toEqual(['latest', 'versions', 'byId 1000'])
  })

  it('shows a new version at once, also under an id that was asked for before it was there', async () => {
    const { requirements } = inMemory()
    expect([await requirements.latest(), await requirements.byId(1000)]).toEqual([null, null])
    expect(await requirements.versions()).toEqual([])
    const document = await requirements.submit(body, ada)
    expect([await requirements.latest(), await requirements.byId(1000)]).toEqual([document, document])
    expect(await requirements.versions()).toHaveLength(1)
  })

  it('leaves the older versions cached when one is added', async () => {
    const { requirements, reads } = inMemory()
    await requirements.submit(body, ada)
    await requirements.byId(1000)
    await requirements.submit(body, ada)
    await requirements.byId(1000)
    expect(reads).toEqual(['byId 1000'])
  })

  it('gives submissions of one millisecond ids that follow each other', async () => {
    const { requirements } = inMemory()
    const submitted = await Promise.all([1, 2, 3].map(() => requirements.submit(body, ada)))
    const ids = submitted.map(({ metadata }) => metadata.version_id)
    expect(ids.toSorted((one, other) => one - other)).toEqual([1000, 1001, 1002])
  })
})
