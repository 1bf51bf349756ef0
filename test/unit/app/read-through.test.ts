import { createCache } from 'holdfast'
import { describe, expect, it } from 'vitest'

import { readJson, read, withoutCache } from '../../../app/src/read-through.ts'

describe('reads without a cache', () => {
  it('load each time, and may say all that a loader says', async () => {
    let loads = 0
    const one = {
      key: 'k',
      load: async ({ tag, ttl, cost }: Parameters<Parameters<ReturnType<typeof withoutCache>['getOrSet']>[1]>[0]) => {
        tag('t')
        ttl('1s')
        cost({ documents: 1 })
        return (loads += 1)
      },
    }
    const cache = withoutCache()
    expect([await read(cache, one), await read(cache, one)]).toEqual([1, 2])
    expect(await cache.getOrSetMany(['a', 'b'], async (keys) => new Map(keys.map((key) => [key, 1])))).toEqual(
      new Map([
        ['a', 1],
        ['b', 1],
      ]),
    )
    expect(await cache.getOrSetMany(['a'], async () => ({ a: 2 }))).toEqual(new Map([['a', 2]]))
  })

  it('answer with the same text and the same entity tag as a cache does', async () => {
    await using cache = createCache({ redis: null, namespace: 'read-through' })
    const one = { key: 'k', load: async () => ({ a: [1, 'é'] }) }
    const [cached, direct] = [await readJson(cache, one, undefined), await readJson(withoutCache(), one, undefined)]
    expect([direct.body.toString(), direct.etag]).toEqual([cached.body.toString(), cached.etag])
    expect((await readJson(withoutCache(), one, direct.etag)).notModified).toBe(true)
    expect((await readJson(withoutCache(), one, '"another"')).notModified).toBe(false)
  })
})
