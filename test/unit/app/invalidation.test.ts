import { createCache } from 'holdfast'
import { describe, expect, it } from 'vitest'

import { createRunWrite, rules } from '../../../app/src/invalidation.ts'
import { createSources } from '../../../app/src/sources/cached.ts'
import type { SourcesRepository } from '../../../app/src/sources/repository.ts'

describe('the rules', () => {
  it('keeps older versions when one is submitted', () => {
    expect(rules.staleBy('requirements-submitted', { versionId: 7 })[0]?.keys).toEqual([
      'requirements:latest',
      'requirements:versions',
      'requirements:7',
      'summary',
    ])
  })

  it('names the lists that a decision takes a feature request out of and puts it into', () => {
    const event = { id: 'FR-1', from: 'pending', to: 'approved' } as const
    expect(rules.staleBy('feature-decided', event)[0]?.keys).toEqual([
      'features:FR-1',
      'features:list:all',
      'features:list:pending',
      'features:list:approved',
      'features:part:1',
      'summary',
    ])
  })
})

describe('a document that is put in the place of another', () => {
  const replace = async (work: SourcesRepository['replace']) => {
    await using cache = createCache({ redis: null, namespace: 'replace' })
    let state = 'before'
    const repository: SourcesRepository = {
      counts: async () => [{ file: state, documents: 1 }],
      byId: async (id) => ({ _id: id, file: state, document: {} }),
      replace: work,
      idsOf: async () => new Set(),
      insert: async () => ({ added: 0, present: 0, refused: [] }),
    }
    const sources = createSources({ repository, cache, runWrite: createRunWrite(cache) })
    const seen = async () => {
      const [counts, { body }] = await Promise.all([sources.counts(), sources.byIdJson('a')])
      return { counts: counts[0]?.file, document: (JSON.parse(body.toString()) as { file: string }).file }
    }
    expect(await seen()).toEqual({ counts: 'before', document: 'before' })
    state = 'after'
    await sources.replace({ _id: 'a', file: state, document: {} }, 'ada').catch(() => undefined)
    return seen()
  }

  it('leaves the counts, when there was one before', async () => {
    expect(await replace(async () => 'replaced')).toEqual({ counts: 'before', document: 'after' })
  })

  it('takes the counts along when it is new, and when nobody knows', async () => {
    expect(await replace(async () => 'added')).toEqual({ counts: 'after', document: 'after' })
    expect(await replace(() => Promise.reject(new Error('timed out')))).toEqual({ counts: 'after', document: 'after' })
  })
})

describe('runWrite', () => {
  const event = { versionId: 7 }

  it('invalidates after the work, so that what was read meanwhile goes too', async () => {
    await using cache = createCache({ redis: null, namespace: 'run-write' })
    const read = (value: string) => cache.getOrSet('requirements:latest', () => value)
    const result = await createRunWrite(cache)('requirements-submitted', event, 'ada', async () => read('while it ran'))
    expect(result).toBe('while it ran')
    expect(await read('after it')).toBe('after it')
  })

  it('invalidates nothing when the work was refused, since nothing has changed', async () => {
    await using cache = createCache({ redis: null, namespace: 'run-write' })
    const read = (value: string) => cache.getOrSet('requirements:latest', () => value)
    await read('before it')
    await createRunWrite(cache)('requirements-submitted', event, 'ada', async () => 'refused')
    expect(await read('after it')).toBe('before it')
  })

  it('invalidates also when the work fails, and lets its error through', async () => {
    await using cache = createCache({ redis: null, namespace: 'run-write' })
    const read = (value: string) => cache.getOrSet('requirements:latest', () => value)
    await read('before it')
    const failing = createRunWrite(cache)('requirements-submitted', event, 'ada', () =>
      Promise.reject(new Error('timed out')),
    )
    await expect(failing).rejects.toThrow('timed out')
    expect(await read('after it')).toBe('after it')
  })

  it('records why', async () => {
    await using cache = createCache({ redis: null, namespace: 'run-write' })
    const reasons: unknown[] = []
    cache.on((told) => told.type === 'invalidation' && reasons.push(told.reason))
    await createRunWrite(cache)('requirements-submitted', event, 'ada', async () => 'applied')
    expect(reasons).toEqual(['requirements-submitted'])
  })
})
