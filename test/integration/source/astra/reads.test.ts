import { DataAPIVector, ObjectId, UUID } from '@datastax/astra-db-ts'
import { describe, expect, it } from 'vitest'

import { testRedis } from '../../../support/redis.ts'
import { withAstra, type Anything, type Astra } from './with-astra.ts'

const redis = testRedis()

const uuid = UUID.v7()
const objectId = new ObjectId()
const documents: readonly Anything[] = [
  { _id: 'r1', n: 1, kind: 'a', at: new Date(1_700_000_000_000), nested: { b: [1, { c: null }] }, list: ['x', 'y'] },
  { _id: uuid, n: 2, kind: 'b', at: new Date(0), text: 'ünïcode "quoted" \\ \u2028' },
  { _id: objectId, n: 3, kind: 'a', ref: uuid, flag: false },
  { _id: 4, n: 4, kind: 'b', empty: {}, none: [] },
  ...Array.from({ length: 116 }, (_, index) => ({ _id: `d${index}`, n: 10 + index, kind: 'many' })),
]

interface Api {
  readonly name: string
  readonly read: (astra: Pick<Astra, 'db' | 'things'>) => Promise<unknown>
}

const apis: readonly Api[] = [
  { name: 'findOne by text id', read: ({ things }) => things.findOne({ _id: 'r1' }) },
  { name: 'findOne by UUID', read: ({ things }) => things.findOne({ _id: uuid }) },
  { name: 'findOne by ObjectId', read: ({ things }) => things.findOne({ _id: objectId }) },
  { name: 'findOne by number', read: ({ things }) => things.findOne({ _id: 4 }) },
  { name: 'findOne of nothing', read: ({ things }) => things.findOne({ _id: 'nobody' }) },
  { name: 'findOne by a date', read: ({ things }) => things.findOne({ at: new Date(0) }) },
  {
    name: 'findOne sorted and projected',
    read: ({ things }) => things.findOne({}, { sort: { n: -1 }, projection: { n: 1 } }),
  },
  { name: 'find in one page', read: ({ things }) => things.find({ kind: 'a' }).toArray() },
  { name: 'find in three pages', read: ({ things }) => things.find({}).toArray() },
  { name: 'find by ids', read: ({ things }) => things.find({ _id: { $in: ['r1', 'd1'] } }).toArray() },
  { name: 'find with a limit', read: ({ things }) => things.find({}).limit(70).toArray() },
  { name: 'find sorted, skipped', read: ({ things }) => things.find({}).sort({ n: 1 }).skip(5).toArray() },
  {
    name: 'find mapped',
    read: ({ things }) =>
      things
        .find({ kind: 'b' })
        .map(({ n }) => n)
        .toArray(),
  },
  {
    name: 'a for-await loop',
    async read({ things }) {
      const seen: unknown[] = []
      for await (const { _id } of things.find({})) seen.push(_id)
      return seen
    },
  },
  {
    name: 'hasNext and next',
    async read({ things }) {
      const cursor = things.find({}).project<Anything>({ n: 1 })
      const seen: unknown[] = []
      while (await cursor.hasNext()) seen.push(await cursor.next(), cursor.buffered())
      return [seen, cursor.consumed(), cursor.state]
    },
  },
  {
    name: 'forEach that stops',
    async read({ things }) {
      const seen: unknown[] = []
      await things.find({}).forEach(({ _id }) => seen.push(_id) < 60)
      return seen
    },
  },
  {
    name: 'page by page',
    async read({ things }) {
      const cursor = things.find({})
      const pages: unknown[] = []
      while (cursor.state !== 'closed') pages.push((await cursor.fetchNextPage()).result)
      return pages
    },
  },
  { name: 'distinct', read: ({ things }) => things.distinct('kind', {}) },
  { name: 'countDocuments', read: ({ things }) => things.countDocuments({ kind: 'many' }, 1000) },
  { name: 'countDocuments beyond its bound', read: ({ things }) => things.countDocuments({}, 3).catch(String) },
  { name: 'estimatedDocumentCount', read: ({ things }) => things.estimatedDocumentCount() },
  { name: 'options', read: ({ things }) => things.options() },
  { name: 'listCollections', read: ({ db }) => db.listCollections() },
  { name: 'a raw command', read: ({ db }) => db.command({ findOne: { filter: { n: 2 } } }, { collection: 'things' }) },
]

describe('a cached client', () => {
  it.for(apis)('gives what an uncached one does, from the cache: $name', async ({ read }) => {
    const astra = await withAstra(redis)
    await astra.plain.insertMany(documents)
    const expected = await read({ db: astra.plainDb, things: astra.plain })
    expect(await read(astra)).toEqual(expected)
    await astra.commands()
    expect(await read(astra)).toEqual(expected)
    expect(await read(astra)).toEqual(expected)
    expect(await astra.commands()).toBe(0)

    const elsewhere = astra.another()
    expect(await read(elsewhere)).toEqual(expected)
    expect(await astra.commands()).toBe(0)
  })

  it('hands out documents of its own to each caller', async () => {
    const { plain, things } = await withAstra(redis)
    await plain.insertOne({ _id: 'a', list: [1] })
    const first = await things.findOne({ _id: 'a' })
    ;(first?.['list'] as number[]).push(2)
    expect(await things.findOne({ _id: 'a' })).toEqual({ _id: 'a', list: [1] })
  })

  it('keeps nothing of an answer with errors, for others and for later', async () => {
    const { emulator, things, commands } = await withAstra(redis)
    await commands()
    for (let times = 0; times < 2; times += 1)
      await expect(things.findOne({ n: { $regex: 'x' } } as never)).rejects.toMatchObject({
        name: 'DataAPIResponseError',
      })
    expect(emulator.counts()).toEqual({ findOne: 2 })
  })

  it('does not read ahead further than it may, and passes a longer find on as it is', async () => {
    const { emulator, plain, things, commands } = await withAstra(redis, { fetcher: { maxPages: 2 } })
    await plain.insertMany(documents)
    await commands()
    for (let times = 0; times < 2; times += 1) expect(await things.find({}).toArray()).toHaveLength(120)
    expect(emulator.counts()['find']).toBeGreaterThanOrEqual(6)
  })

  it('goes on at the same place in the database when what it was reading has changed', async () => {
    const { plain, things, commands } = await withAstra(redis)
    await plain.insertMany(documents)
    await things.find({}).toArray()
    const cursor = things.find({})
    const { result: first } = await cursor.fetchNextPage()
    await things.updateOne({ _id: 'd115' }, { $set: { n: -1 } })
    await commands()
    const rest = await cursor.toArray()
    expect(await commands()).toBe(2)
    expect([...first, ...rest]).toHaveLength(120)
    expect(rest.find(({ _id }) => _id === 'd115')).toMatchObject({ n: -1 })
  })

  it('hands a page state to another process, which serves it from the same answer', async () => {
    const astra = await withAstra(redis)
    await astra.plain.insertMany(documents)
    const { nextPageState } = await astra.things.find({}).fetchNextPage()
    expect(nextPageState).toMatch(/^hf1\./)
    await astra.commands()
    const elsewhere = astra.another({ reads: { consistency: 'strict' } })
    const rest = await elsewhere.things
      .find({})
      .initialPageState(nextPageState ?? '')
      .toArray()
    expect(rest).toHaveLength(70)
    expect(await astra.commands()).toBe(0)
    await astra.cache.invalidate({ all: true })
    expect(
      await elsewhere.things
        .find({})
        .initialPageState(nextPageState ?? '')
        .toArray(),
    ).toEqual(rest)
    expect(await astra.commands()).toBe(2)
  })

  it('asks once for all who ask at once', async () => {
    const { plain, things, emulator } = await withAstra(redis, { emulator: { latencyMs: 30 } })
    await plain.insertOne({ _id: 'hot', n: 1 })
    emulator.resetCounts()
    const all = await Promise.all(Array.from({ length: 50 }, () => things.findOne({ _id: 'hot' })))
    expect(new Set(all.map((found) => found?.['n']))).toEqual(new Set([1]))
    expect(emulator.counts()).toEqual({ findOne: 1 })
  })

  it('keeps to the timeout of each call, while the load goes on', async () => {
    const { plain, things, emulator } = await withAstra(redis, { emulator: { latencyMs: 200 } })
    await plain.insertOne({ _id: 'slow' })
    emulator.resetCounts()
    await expect(things.findOne({ _id: 'slow' }, { timeout: 40 })).rejects.toMatchObject({
      name: 'DataAPITimeoutError',
    })
    expect(await things.findOne({ _id: 'slow' })).toEqual({ _id: 'slow' })
    expect(emulator.counts()).toEqual({ findOne: 1 })
  })

  it('caches searches by vector only where it is told to', async () => {
    const asked = await withAstra(redis)
    const vectors = await asked.plainDb.createCollection<Anything>('vectors', {
      vector: { dimension: 3, metric: 'cosine' },
    })
    await vectors.insertMany([
      { _id: 'x', $vector: new DataAPIVector([1, 0, 0]) },
      { _id: 'y', $vector: new DataAPIVector([0, 1, 0.1]) },
    ])
    const search = (db: Astra['db']) =>
      db
        .collection<Anything>('vectors')
        .find({})
        .sort({ $vector: [1, 0.1, 0] })
        .includeSimilarity()
        .project<Anything>({ '*': 1 })
        .toArray()
    const expected = await search(asked.plainDb)
    await asked.commands()
    expect(await search(asked.db)).toEqual(expected)
    expect(await search(asked.db)).toEqual(expected)
    expect(await asked.commands()).toBe(2)

    const { db } = asked.another({ search: '1m' })
    await search(db)
    await asked.commands()
    expect(await search(db)).toEqual(expected)
    expect(expected[0]?.['$vector']).toBeInstanceOf(DataAPIVector)
    expect(await asked.commands()).toBe(0)
  })
})
