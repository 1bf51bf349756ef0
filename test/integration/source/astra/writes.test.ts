import { UUID } from '@datastax/astra-db-ts'
import { describe, expect, it, vi } from 'vitest'

import { testRedis } from '../../../support/redis.ts'
import { withAstra, type Anything, type AstraOptions, type WithEmulator } from './with-astra.ts'

const redis = testRedis()

type Things = WithEmulator['things']

interface Write {
  readonly name: string
  readonly write: (things: Things) => Promise<unknown>
  /** By which ids the documents that change are read; `all` when the write does not name them. */
  readonly touches: readonly string[] | 'all'
}

const upsert = { upsert: true }
const writes: readonly Write[] = [
  { name: 'insertOne', write: (things) => things.insertOne({ _id: 'new' }), touches: ['new'] },
  { name: 'insertOne without an id', write: (things) => things.insertOne({ n: 9 }), touches: [] },
  { name: 'insertMany', write: (things) => things.insertMany([{ _id: 'new' }, { n: 9 }]), touches: ['new'] },
  { name: 'updateOne by id', write: (things) => things.updateOne({ _id: 'a' }, { $set: { n: 9 } }), touches: ['a'] },
  {
    name: 'updateOne by $eq',
    write: (things) => things.updateOne({ _id: { $eq: 'a' } }, { $inc: { n: 1 } }),
    touches: ['a'],
  },
  { name: 'updateOne by a field', write: (things) => things.updateOne({ n: 1 }, { $set: { n: 9 } }), touches: 'all' },
  {
    name: 'an upsert by id',
    write: (things) => things.updateOne({ _id: 'new' }, { $set: { n: 9 } }, upsert),
    touches: ['new'],
  },
  {
    name: 'an upsert that chooses the id',
    write: (things) => things.updateOne({ n: 77 }, { $setOnInsert: { _id: 'new' } }, upsert),
    touches: 'all',
  },
  { name: 'updateMany', write: (things) => things.updateMany({}, { $inc: { n: 1 } }), touches: 'all' },
  {
    name: 'updateMany by ids',
    write: (things) => things.updateMany({ _id: { $in: ['a', 'b'] } }, { $inc: { n: 1 } }),
    touches: ['a', 'b'],
  },
  { name: 'replaceOne', write: (things) => things.replaceOne({ _id: 'a' }, { n: 9 }), touches: ['a'] },
  {
    name: 'findOneAndReplace by a field',
    write: (things) => things.findOneAndReplace({ n: 2 }, { n: 9 }),
    touches: 'all',
  },
  {
    name: 'findOneAndUpdate',
    write: (things) => things.findOneAndUpdate({ _id: 'b' }, { $set: { n: 9 } }),
    touches: ['b'],
  },
  { name: 'findOneAndDelete', write: (things) => things.findOneAndDelete({ _id: 'b' }), touches: ['b'] },
  { name: 'deleteOne', write: (things) => things.deleteOne({ _id: 'a' }), touches: ['a'] },
  { name: 'deleteOne by a field', write: (things) => things.deleteOne({ n: 1 }), touches: 'all' },
  { name: 'deleteMany', write: (things) => things.deleteMany({ n: { $gt: 1 } }), touches: 'all' },
  { name: 'deleteMany of everything', write: (things) => things.deleteMany({}), touches: 'all' },
]

const byId = ['a', 'b', 'new'] as const

/** Everything that a test looks at, read in an order that says nothing of the database's. */
async function readAll(things: Things, others: Things): Promise<Anything> {
  const [a, b, fresh] = await Promise.all(byId.map((_id) => things.findOne({ _id })))
  return {
    a,
    b,
    new: fresh,
    list: await things.find({}).sort({ n: 1 }).toArray(),
    count: await things.countDocuments({}, 1000),
    numbers: new Set(await things.distinct('n', {})),
    other: await others.findOne({ _id: 'a' }),
  }
}

async function filled(options: AstraOptions = {}) {
  const astra = await withAstra(redis, options)
  await astra.plain.insertMany([
    { _id: 'a', n: 1 },
    { _id: 'b', n: 2 },
  ])
  await astra.plainDb.collection<Anything>('others').insertOne({ _id: 'a', n: 1 })
  const others = astra.db.collection<Anything>('others')
  const read = () => readAll(astra.things, others)
  const truth = () => readAll(astra.plain, astra.plainDb.collection<Anything>('others'))
  await read()
  await astra.commands()
  return { ...astra, others, read, truth }
}

describe('a write through the cached client', () => {
  it.for(writes)(
    'is seen by every read after it, and leaves what it does not touch: $name',
    async ({ write, touches }) => {
      const { things, others, read, truth, emulator } = await filled()
      await write(things)
      const expected = await truth()
      emulator.resetCounts()
      expect(await read()).toEqual(expected)
      const reloaded = touches === 'all' ? byId.length : touches.length
      // The list, the count and distinct were loaded again; and of the reads by id, those of the touched alone.
      expect(emulator.counts()).toMatchObject({ find: 2, countDocuments: 1 })
      expect(emulator.counts()['findOne'] ?? 0).toBe(reloaded)
      expect(await others.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 1 })
    },
  )

  it('leaves every entry where it proves to have changed nothing, unless entries are dropped beforehand', async () => {
    const { things, read, commands } = await filled({ fetcher: { markBefore: false } })
    await things.updateOne({ _id: 'nobody' }, { $set: { n: 1 } })
    await things.updateOne({ _id: 'a' }, { $set: { n: 1 } })
    await things.deleteOne({ n: 77 })
    await expect(things.insertOne({ _id: 'a' })).rejects.toThrow('exists')
    await commands()
    await read()
    expect(await commands()).toBe(0)
  })

  it('is seen however its id is spelt', async () => {
    const { things, plain } = await filled()
    const uuid = UUID.v4()
    expect(await things.findOne({ _id: uuid })).toBeNull()
    expect(await things.findOne({ _id: uuid.toString() })).toBeNull()
    await things.insertOne({ _id: uuid.toString(), n: 5 })
    expect(await things.findOne({ _id: uuid })).toEqual(await plain.findOne({ _id: uuid }))
    await things.updateOne({ _id: uuid }, { $set: { n: 6 } })
    expect(await things.findOne({ _id: uuid.toString() })).toMatchObject({ n: 6 })
  })

  it('is seen although the client gave up on it', async () => {
    const { things, emulator, read, truth } = await filled()
    emulator.latency(300)
    await expect(things.updateOne({ _id: 'a' }, { $set: { n: 9 } }, { timeout: 40 })).rejects.toMatchObject({
      name: 'DataAPITimeoutError',
    })
    emulator.latency(0)
    expect(await read()).toEqual(await truth())
    expect(await things.findOne({ _id: 'a' })).toMatchObject({ n: 9 })
  })

  it('is seen although it reached the database after the client gave up', async () => {
    const { things, plain, emulator } = await filled()
    emulator.fault({ kind: 'late', delayMs: 200, commands: ['updateOne'] })
    await expect(things.updateOne({ _id: 'a' }, { $set: { n: 9 } }, { timeout: 40 })).rejects.toMatchObject({
      name: 'DataAPITimeoutError',
    })
    expect(await things.findOne({ _id: 'a' })).toMatchObject({ n: 1 })
    await vi.waitUntil(async () => (await plain.findOne({ _id: 'a' }))?.['n'] === 9)
    await vi.waitUntil(async () => (await things.findOne({ _id: 'a' }))?.['n'] === 9, { timeout: 5_000 })
  })

  it.for([429, 503, 500])('is invalidated although the database answered %i', async (status) => {
    const { things, emulator, read, truth } = await filled()
    emulator.fault({ kind: 'status', status, isApplied: true, commands: ['updateOne'] })
    await expect(things.updateOne({ _id: 'a' }, { $set: { n: 9 } })).rejects.toMatchObject({ name: 'DataAPIHttpError' })
    expect(await read()).toEqual(await truth())
  })

  it('is invalidated although the connection broke', async () => {
    const { things, emulator, read, truth } = await filled()
    emulator.fault({ kind: 'reset', isApplied: true, commands: ['deleteMany'] })
    await expect(things.deleteMany({ n: { $lt: 2 } })).rejects.toThrow()
    const expected = await truth()
    expect(expected['a']).toBeNull()
    expect(await read()).toEqual(expected)
  })

  it('that drops, truncates or makes a collection is seen', async () => {
    const { db, things, plainDb, commands } = await filled()
    expect(await db.listCollections({ nameOnly: true })).toEqual(['others', 'things'])
    await db.dropCollection('things')
    expect(await db.listCollections({ nameOnly: true })).toEqual(['others'])
    await expect(things.findOne({ _id: 'a' })).rejects.toThrow('things')
    await db.createCollection('things')
    expect(await things.findOne({ _id: 'a' })).toBeNull()
    await plainDb.collection('things').deleteMany({})
    await commands()
    await db.collection('others').findOne({ _id: 'a' })
    expect(await commands()).toBe(0)
  })

  it('of a command that nobody knows is taken to have changed its collection', async () => {
    const { db, things, read, commands } = await filled()
    await expect(db.command({ dance: {} }, { collection: things.name })).rejects.toThrow('dance')
    await commands()
    await read()
    expect(await commands()).toBeGreaterThanOrEqual(6)
  })

  it('is seen by another process within its bound, and by a strict read at once', async () => {
    const astra = await filled()
    const elsewhere = astra.another({ reads: { consistency: 'strict' } })
    expect(await elsewhere.things.findOne({ _id: 'a' })).toMatchObject({ n: 1 })
    await astra.things.updateOne({ _id: 'a' }, { $set: { n: 9 } })
    expect(await elsewhere.things.findOne({ _id: 'a' })).toMatchObject({ n: 9 })

    const bounded = astra.another()
    await bounded.things.findOne({ _id: 'b' })
    await astra.things.updateOne({ _id: 'b' }, { $set: { n: 9 } })
    await vi.waitUntil(async () => (await bounded.things.findOne({ _id: 'b' }))?.['n'] === 9, { timeout: 2_000 })
  })

  it('does not lose against a read that began before it', async () => {
    const { things, another, emulator } = await filled()
    const slow = another()
    emulator.latency(150)
    const old = slow.things.findOne({ n: 1 }, { sort: { n: 1 } })
    await vi.waitUntil(() => emulator.counts()['findOne'] === 1)
    emulator.latency(0)
    await things.updateOne({ _id: 'a' }, { $set: { name: 'changed' } })
    expect(await old).toEqual({ _id: 'a', n: 1 })
    expect(await things.findOne({ n: 1 }, { sort: { n: 1 } })).toMatchObject({ name: 'changed' })
  })
})

describe('tokens', () => {
  it('share nothing, and stand in no key', async () => {
    const { cache, things, another, emulator } = await filled()
    const other = another({}, 'AstraCS:other')
    const keys: string[] = []
    for (const each of [cache, other.cache]) each.on((event) => event.type === 'read' && keys.push(event.key))
    await things.findOne({ _id: 'a' })
    emulator.resetCounts()
    await other.things.findOne({ _id: 'a' })
    expect(emulator.counts()).toEqual({ findOne: 1 })
    expect(new Set(keys).size).toBe(2)
    expect(keys.join()).not.toMatch(/AstraCS|other/)
  })
})
