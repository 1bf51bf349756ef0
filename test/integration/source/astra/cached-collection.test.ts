import { Collection } from '@datastax/astra-db-ts'
import { describe, expect, it } from 'vitest'

import { createCache, costAwareTtl } from '../../../../src/index.ts'
import { cachedCollection } from '../../../../src/source/astra/index.ts'
import { testRedis } from '../../../support/redis.ts'
import { withAstra, type Anything } from './with-astra.ts'

const redis = testRedis()

async function filled() {
  const astra = await withAstra(redis)
  await astra.plain.insertMany(Array.from({ length: 60 }, (_, n) => ({ _id: `d${n}`, n })))
  await astra.commands()
  return astra
}

describe('a cached collection', () => {
  it('is the collection', async () => {
    const { things, cache } = await filled()
    const cached = cachedCollection(things, cache)
    expect(cached).toBeInstanceOf(Collection)
    expect(cached.name).toBe('things')
    expect(cached.keyspace).toBe('default_keyspace')
    expect(await cached.findOne({ _id: 'd1' })).toEqual({ _id: 'd1', n: 1 })
  })

  it('asks the database where a call is to bypass the cache', async () => {
    const { things, cache, commands } = await filled()
    const cached = cachedCollection(things, cache)
    await cached.findOne({ _id: 'd1' })
    await cached.withPolicy({ bypass: true }).findOne({ _id: 'd1' })
    expect(await commands()).toBe(2)
    await cached.findOne({ _id: 'd1' })
    expect(await commands()).toBe(0)
  })

  it('tags what its calls read, those of cursors that are iterated elsewhere too', async () => {
    const { things, cache, commands } = await filled()
    const cached = cachedCollection(things, cache, { tags: ['screen'] })
    const readers: readonly (() => Promise<unknown>)[] = [
      () => cached.findOne({ _id: 'd1' }),
      () =>
        cached
          .find({ n: { $lt: 55 } })
          .project<Anything>({ n: 1 })
          .toArray(),
      () => cached.find({}).limit(3).next(),
      () => cached.find({}).limit(4).hasNext(),
      () =>
        cached
          .find({})
          .limit(5)
          .forEach(() => undefined),
      () => cached.find({}).limit(6).fetchNextPage(),
      () =>
        cached
          .find({})
          .limit(7)
          .clone()
          .getSortVector()
          .then(() => cached.find({}).limit(7).toArray()),
      () => cached.distinct('n', {}),
      async () => {
        for await (const _ of cached.find({}).limit(8)) break
      },
    ]
    for (const read of readers) {
      await read()
      await commands()
      await read()
      expect(await commands(), String(read)).toBe(0)
      await cache.invalidate({ tags: ['screen'] })
      await read()
      expect(await commands(), String(read)).toBeGreaterThan(0)
    }
  })

  it('keeps what it reads for as long as its policy says, by what it cost where asked', async () => {
    const { things, cache, commands } = await filled()
    const costs: number[] = []
    const cached = cachedCollection(things, cache, {
      ttl: (cost) => (
        costs.push(cost.documents ?? 0),
        costAwareTtl({ min: '1m', max: '1h', cheaperThan: '10s' })(cost)
      ),
    })
    const read = () => cached.find({ n: { $lt: 40 } }).toArray()
    await read()
    expect(costs).toEqual([40])
    await commands()
    await read()
    expect(await commands()).toBe(1)
  })

  it('refuses to pretend: a client without the fetcher, or another cache', async () => {
    const { plain, things, cache } = await filled()
    await expect(cachedCollection(plain, cache).findOne({})).rejects.toMatchObject({ code: 'ERR_HOLDFAST_CONFIG' })
    await using stranger = createCache({ redis: null, namespace: 'stranger' })
    await expect(cachedCollection(things, stranger).findOne({})).rejects.toMatchObject({ code: 'ERR_HOLDFAST_CONFIG' })
  })

  it('asks the database alone when the cache is switched off, and invalidates all the same', async () => {
    const { things, cache, commands, another } = await filled()
    const elsewhere = another({ reads: { consistency: 'strict' } })
    await things.find({}).toArray()
    const cursor = things.find({})
    await cursor.fetchNextPage()
    await cache.switchTo(false)
    await commands()
    expect(await cursor.toArray()).toHaveLength(10)
    await things.findOne({ _id: 'd1' })
    expect(await commands()).toBe(2)
    await things.updateOne({ _id: 'd1' }, { $set: { n: -1 } })
    await cache.switchTo(true)
    expect(await elsewhere.things.findOne({ _id: 'd1' })).toMatchObject({ n: -1 })
  })
})
