import { ObjectId, UUID } from '@datastax/astra-db-ts'
import { describe, expect, it } from 'vitest'

import { codeOf, withEmulator } from './with-emulator.ts'

describe('the client updates', () => {
  it('one document, and learns whether it changed', async () => {
    const { things } = await withEmulator()
    await things.insertOne({ _id: 'a', n: 1 })
    const none = { matchedCount: 0, modifiedCount: 0, upsertedCount: 0 }
    const update = { $inc: { n: 1 }, $push: { log: new Date(5) }, $currentDate: { at: true } }
    expect(await things.updateOne({ _id: 'a' }, update)).toEqual({ ...none, matchedCount: 1, modifiedCount: 1 })
    expect(await things.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 2, log: [new Date(5)], at: expect.any(Date) })
    expect(await things.updateOne({ _id: 'a' }, { $set: { n: 2 } })).toEqual({ ...none, matchedCount: 1 })
    expect(await things.updateOne({ _id: 'b' }, { $set: { n: 2 } })).toEqual(none)
  })

  it('the first in the order of a sort', async () => {
    const { things } = await withEmulator()
    await things.insertMany([{ n: 2 }, { n: 1 }, { n: 3 }], { ordered: true })
    await things.updateOne({}, { $set: { n: 10 } }, { sort: { n: 1 } })
    expect(await things.distinct('n', {})).toEqual([2, 10, 3])
  })

  it('nothing, and makes a document of the filter and the update', async () => {
    const { things } = await withEmulator()
    const filter = { kind: 'lich', 'stats.hp': 9, n: { $gt: 1 } }
    const result = await things.updateOne(
      filter,
      { $set: { at: new Date(1) }, $setOnInsert: { new: true } },
      { upsert: true },
    )
    expect(result).toEqual({ matchedCount: 0, modifiedCount: 0, upsertedCount: 1, upsertedId: expect.any(String) })
    expect(await things.findOne({ kind: 'lich' })).toEqual({
      _id: (result as { upsertedId: string }).upsertedId,
      kind: 'lich',
      stats: { hp: 9 },
      at: new Date(1),
      new: true,
    })
  })

  it('nothing, and makes a document with the id that it says', async () => {
    const { db, things } = await withEmulator()
    const uuid = UUID.v4()
    expect(await things.updateOne({ _id: uuid }, { $set: { n: 1 } }, { upsert: true })).toMatchObject({
      upsertedId: uuid,
    })
    const update = { $setOnInsert: { _id: 'foo' } }
    expect(await things.updateOne({ n: 9 }, update, { upsert: true })).toMatchObject({ upsertedId: 'foo' })
    const keyed = await db.createCollection('keyed', { defaultId: { type: 'objectId' } })
    const result = await keyed.updateOne({ n: 1 }, { $set: { m: 1 } }, { upsert: true })
    expect(result).toMatchObject({ upsertedId: expect.any(ObjectId) })
  })

  it('no document under an id that another has', async () => {
    const { things } = await withEmulator()
    await things.insertOne({ _id: 'a', n: 1 })
    const upsert = things.updateOne({ _id: 'a', n: 2 }, { $set: { m: 1 } }, { upsert: true })
    expect(await codeOf(upsert)).toBe('DOCUMENT_ALREADY_EXISTS')
  })

  it('many, twenty per request', async () => {
    const { emulator, things } = await withEmulator()
    await things.insertMany(Array.from({ length: 45 }, (_, n) => ({ n: n % 3, m: n })))
    emulator.resetCounts()
    expect(await things.updateMany({ m: { $gte: 0 } }, { $set: { n: 0 } })).toEqual({
      matchedCount: 45,
      modifiedCount: 30,
      upsertedCount: 0,
    })
    expect(emulator.counts()).toEqual({ updateMany: 3 })
    expect(await things.updateMany({ n: 7 }, { $set: { m: 1 } }, { upsert: true })).toMatchObject({ upsertedCount: 1 })
  })

  it('exactly twenty in one request', async () => {
    const { emulator, things } = await withEmulator()
    await things.insertMany(Array.from({ length: 20 }, (_, n) => ({ n })))
    emulator.resetCounts()
    expect(await things.updateMany({}, { $set: { n: 0 } })).toMatchObject({ matchedCount: 20 })
    expect(await things.deleteMany({ n: 0 })).toEqual({ deletedCount: 20 })
    expect(emulator.counts()).toEqual({ updateMany: 1, deleteMany: 1 })
  })

  it('nothing at all by an update that fails', async () => {
    const { things } = await withEmulator()
    await things.insertMany(
      [
        { _id: 1, n: 1 },
        { _id: 2, n: 'x' },
      ],
      { ordered: true },
    )
    expect(await codeOf(things.updateMany({}, { $inc: { n: 1 } }))).toBe('UNSUPPORTED_UPDATE_OPERATION_TARGET')
    expect(await things.findOne({ _id: 1 })).toEqual({ _id: 1, n: 1 })
    expect(await codeOf(things.updateOne({}, { $pull: { n: 1 } } as object))).toBe('UNSUPPORTED_UPDATE_OPERATION')
    expect(await codeOf(things.updateOne({}, { $set: { big: 'x'.repeat(8001) } }))).toBe('SHRED_DOC_LIMIT_VIOLATION')
  })
})

describe('the client finds and updates', () => {
  it('and gets the document from before or after', async () => {
    const { things } = await withEmulator()
    await things.insertOne({ _id: 'a', n: 1, m: 1 })
    expect(await things.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } })).toEqual({ _id: 'a', n: 1, m: 1 })
    const options = { returnDocument: 'after', projection: { n: 1 } } as const
    expect(await things.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } }, options)).toEqual({ _id: 'a', n: 3 })
  })

  it('and gets null for a miss, or for what an upsert found before', async () => {
    const { things } = await withEmulator()
    expect(await things.findOneAndUpdate({ _id: 'a' }, { $set: { n: 1 } })).toBeNull()
    expect(await things.findOneAndUpdate({ _id: 'a' }, { $set: { n: 1 } }, { upsert: true })).toBeNull()
    const options = { upsert: true, returnDocument: 'after' } as const
    expect(await things.findOneAndUpdate({ _id: 'b' }, { $set: { n: 2 } }, options)).toEqual({ _id: 'b', n: 2 })
  })
})

describe('the client replaces', () => {
  it('a document but not its id', async () => {
    const { things } = await withEmulator()
    await things.insertOne({ _id: 'a', n: 1 })
    const options = { returnDocument: 'after' } as const
    expect(await things.findOneAndReplace({ n: 1 }, { m: 2 }, options)).toEqual({ _id: 'a', m: 2 })
    expect(await codeOf(things.findOneAndReplace({ m: 2 }, { _id: 'b' }))).toBe('DOCUMENT_REPLACE_DIFFERENT_DOCID')
    expect(await things.findOneAndReplace({ m: 2 }, { _id: 'a', k: 3 })).toEqual({ _id: 'a', m: 2 })
    expect(await things.find({}).toArray()).toEqual([{ _id: 'a', k: 3 }])
  })

  it('and learns the counts from replaceOne, which asks for no fields', async () => {
    const { things } = await withEmulator()
    await things.insertOne({ _id: 'a', n: 1 })
    const counts = { matchedCount: 1, modifiedCount: 1, upsertedCount: 0 }
    expect(await things.replaceOne({ _id: 'a' }, { n: 2 })).toEqual(counts)
    expect(await things.replaceOne({ _id: 'a' }, { n: 2 })).toEqual({ ...counts, modifiedCount: 0 })
    const upserted = { matchedCount: 0, modifiedCount: 0, upsertedCount: 1, upsertedId: 'b' }
    expect(await things.replaceOne({ _id: 'b', k: 1 }, { n: 2 }, { upsert: true })).toEqual(upserted)
    expect(await things.findOne({ _id: 'b' })).toEqual({ _id: 'b', n: 2 })
  })
})

describe('the client deletes', () => {
  it('one document', async () => {
    const { things } = await withEmulator()
    await things.insertMany([{ n: 2 }, { n: 1 }, { n: 3 }], { ordered: true })
    expect(await things.deleteOne({}, { sort: { n: -1 } })).toEqual({ deletedCount: 1 })
    expect(await things.deleteOne({ n: 3 })).toEqual({ deletedCount: 0 })
    expect(await things.distinct('n', {})).toEqual([2, 1])
  })

  it('one document and gets it', async () => {
    const { things } = await withEmulator()
    await things.insertMany(
      [
        { _id: 'a', n: 2 },
        { _id: 'b', n: 1 },
      ],
      { ordered: true },
    )
    const options = { sort: { n: 1 }, projection: { n: 1 } } as const
    expect(await things.findOneAndDelete({}, options)).toEqual({ _id: 'b', n: 1 })
    expect(await things.findOneAndDelete({ n: 1 })).toBeNull()
    expect(await things.distinct('_id', {})).toEqual(['a'])
  })

  it('many, twenty per request', async () => {
    const { emulator, things } = await withEmulator()
    await things.insertMany(Array.from({ length: 50 }, (_, n) => ({ n })))
    emulator.resetCounts()
    expect(await things.deleteMany({ n: { $lt: 45 } })).toEqual({ deletedCount: 45 })
    expect(emulator.counts()).toEqual({ deleteMany: 3 })
    expect(await things.countDocuments({}, 100)).toBe(5)
  })

  it('everything in one request when it names nothing', async () => {
    const { emulator, things } = await withEmulator()
    await things.insertMany(Array.from({ length: 50 }, (_, n) => ({ n })))
    emulator.resetCounts()
    expect(await things.deleteMany({})).toEqual({ deletedCount: -1 })
    expect(emulator.counts()).toEqual({ deleteMany: 1 })
    expect(await things.estimatedDocumentCount()).toBe(0)
  })
})
