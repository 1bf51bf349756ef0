import { describe, expect, it } from 'vitest'

import { memoryCache } from '../../support/memory-cache.ts'

describe('getOrSetJson', () => {
  it('gives the text of what the loader gave, the very same bytes at every hit', async () => {
    const { cache, transcript } = memoryCache()
    const read = () => cache.getOrSetJson('a', () => ({ name: 'é', at: new Date(0) }))
    const first = await read()
    expect(first.body.toString()).toBe('{"name":"é","at":"1970-01-01T00:00:00.000Z"}')
    expect((await read()).body).toBe(first.body)
    expect(transcript).toEqual(['load a ok', 'read a miss none', 'read a hit l1'])
  })

  it('says when the asker has it already', async () => {
    const { cache } = memoryCache()
    const { etag } = await cache.getOrSetJson('a', () => [1])
    const ask = async (ifNoneMatch: string | undefined) =>
      (await cache.getOrSetJson('a', () => [1], { ifNoneMatch })).notModified
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, `"a,b" , W/${etag}`, '*', ' * ']) {
      expect(await ask(header), header).toBe(true)
    }
    for (const header of [undefined, '', '"other"', etag.slice(1, -1), `"${etag}"x`, 'W/']) {
      expect(await ask(header), header).toBe(false)
    }
    await cache.set('a', [2])
    expect(await ask(etag), 'the text is another one').toBe(false)
  })

  it('reads what was cached as a value, and the other way round', async () => {
    const { cache } = memoryCache()
    await cache.set('a', { n: 1 })
    expect((await cache.getOrSetJson('a', () => expect.unreachable())).body.toString()).toBe('{"n":1}')
    await cache.getOrSetJson('b', () => ({ at: new Date(0) }))
    expect(await cache.get('b')).toEqual({ at: '1970-01-01T00:00:00.000Z' })
  })

  it('refuses what has no text, and caches null', async () => {
    const { cache } = memoryCache()
    for (const value of [undefined, () => 1, 1n]) {
      await expect(cache.getOrSetJson('a', () => value)).rejects.toMatchObject({ code: 'ERR_HOLDFAST_ENCODE' })
    }
    await cache.getOrSetJson('a', () => null)
    expect((await cache.getOrSetJson('a', () => 1)).body.toString()).toBe('null')
  })
})

describe('a read that is given up', () => {
  it('rejects with the signal’s reason, and its load goes on for the cache', async () => {
    const { cache } = memoryCache()
    const { promise, resolve } = Promise.withResolvers<string>()
    const abort = new AbortController()
    const reads = [
      cache.getOrSet('a', () => promise, { signal: abort.signal }),
      cache.getOrSetMany(['a', 'b'], () => promise.then(() => ({})), { signal: abort.signal }),
    ]
    const patient = cache.getOrSet('a', () => promise)
    abort.abort(new RangeError('the asker has gone'))
    for (const read of reads) await expect(read).rejects.toThrow(new RangeError('the asker has gone'))
    resolve('loaded')
    expect(await patient).toBe('loaded')
    expect(await cache.get('a')).toBe('loaded')
  })

  it('does not begin when it was given up before', async () => {
    const { cache, transcript } = memoryCache()
    const signal = AbortSignal.abort(new RangeError('gone'))
    await expect(cache.getOrSet('a', () => 1, { signal })).rejects.toThrow('gone')
    await expect(cache.get('a', { signal })).rejects.toThrow('gone')
    await expect(cache.getMany(['a'], { signal })).rejects.toThrow('gone')
    await expect(cache.getOrSetMany(['a'], () => ({ a: 1 }), { signal })).rejects.toThrow('gone')
    expect(transcript).toEqual([])
  })
})
