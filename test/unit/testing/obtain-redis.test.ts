import { describe, expect, it } from 'vitest'

import { defaultCacheFolder } from '../../../src/testing/obtain-redis.ts'

describe('the cache folder', () => {
  it('is where the XDG variable says', () => {
    expect(defaultCacheFolder('/cache', '/somewhere')).toBe('/cache/holdfast')
  })

  it('is below the home folder without the variable, or with a relative one', () => {
    expect(defaultCacheFolder('', '/somewhere')).toBe('/somewhere/.cache/holdfast')
    expect(defaultCacheFolder('cache', '/somewhere')).toBe('/somewhere/.cache/holdfast')
  })
})
