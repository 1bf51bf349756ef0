import { describe, expect, it } from 'vitest'

import { resolveFetcherOptions } from '../../../../src/source/astra/options.ts'
import { memoryCache } from '../../../support/memory-cache.ts'

describe('the options of a caching fetcher', () => {
  it('have defaults', () => {
    const { cache } = memoryCache()
    expect(resolveFetcherOptions({ cache })).toMatchObject({
      alias: 'astra',
      maxPages: 20,
      markBefore: true,
      schemaTtlMs: 60_000,
      settleMs: 20_000,
      loadTimeoutMs: 15_000,
      search: undefined,
    })
  })

  it.for([
    { alias: 'a/b' },
    { alias: '' },
    { maxPages: 0 },
    { maxPages: 1.5 },
    { loadTimeout: 0 },
    { schemaTtl: 'soon' },
  ])('refuse %j', (options) => {
    const { cache } = memoryCache()
    expect(() => resolveFetcherOptions({ cache, ...(options as object) })).toThrow(
      expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG' }),
    )
  })
})
