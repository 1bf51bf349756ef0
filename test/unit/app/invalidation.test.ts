import { createCache } from 'holdfast'
import { describe, expect, it } from 'vitest'

import { createRunWrite, rules } from '../../../app/src/invalidation.ts'

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
      'features:revisions',
      'summary',
    ])
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
