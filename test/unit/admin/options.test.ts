import { expect, it } from 'vitest'

import { resolveAdminOptions } from '../../../src/admin/options.ts'
import { ConfigError } from '../../../src/index.ts'
import { memoryCache } from '../../support/memory-cache.ts'

const resolve = (options: object) =>
  resolveAdminOptions({
    cache: memoryCache().cache,
    redis: null,
    environment: { label: 'dev', color: '#00aa00' },
    authorize: 'loopback',
    ...options,
  })

it('starts for nobody who does not say who may come in', () => {
  expect(() => resolve({ authorize: undefined })).toThrow(ConfigError)
  expect(() => resolve({ authorize: 'everybody' })).toThrow('needs authorize')
  expect(() => resolve({ authorize: null })).toThrow('needs authorize')
})

it('refuses what cannot work, and says what it takes', () => {
  expect(() => resolve({ environment: { label: '', color: '#00aa00' } })).toThrow('environment.label')
  expect(() => resolve({ environment: { label: 'a\nb', color: '#00aa00' } })).toThrow('environment.label')
  expect(() => resolve({ environment: { label: 'dev', color: 'red;}' } })).toThrow('environment.color')
  expect(() => resolve({ metricsToken: 'short' })).toThrow('metricsToken')
  expect(() => resolve({ basePath: 'ops' })).toThrow('basePath')
  expect(() => resolve({ sampleEvery: '10ms' })).toThrow('sampleEvery')
  expect(() => resolve({ changesPerMinute: 0 })).toThrow('changesPerMinute')
  expect(() => resolve({ auditRows: 1.5 })).toThrow('auditRows')
})

it('hides values and changes nothing else unless it is told to', () => {
  expect(resolve({})).toMatchObject({ hide: ['values'], readOnly: false, sampleEveryMs: 1000, changesPerMinute: 60 })
})
