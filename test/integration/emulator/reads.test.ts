import { TooManyDocumentsToCountError } from '@datastax/astra-db-ts'
import { describe, expect, it } from 'vitest'

import { codeOf, withEmulator } from './with-emulator.ts'

async function withNumbers(size: number, options = {}) {
  const connected = await withEmulator(options)
  await connected.things.insertMany(
    Array.from({ length: size }, (_, n) => ({ _id: n, n, even: n % 2 === 0 })),
    { ordered: true },
  )
  connected.emulator.resetCounts()
  return connected
}

describe('the client finds', () => {
  it('one document, by filter, sort and projection, or null', async () => {
    const { things } = await withNumbers(10)
    expect(await things.findOne({ n: { $gt: 7 } })).toEqual({ _id: 8, n: 8, even: true })
    expect(await things.findOne({ even: true }, { sort: { n: -1 }, projection: { n: 1, _id: 0 } })).toEqual({ n: 8 })
    expect(await things.findOne({ n: 99 })).toBeNull()
  })

  it('all pages of an unsorted find, in the order of insertion', async () => {
    const { emulator, things } = await withNumbers(120)
    expect((await things.find({}).toArray()).map(({ n }) => n)).toEqual(Array.from({ length: 120 }, (_, n) => n))
    expect(emulator.counts()).toEqual({ find: 3 })
  })

  it('no empty page behind a full one', async () => {
    const { emulator, things } = await withNumbers(100)
    expect(await things.find({}).toArray()).toHaveLength(100)
    expect(emulator.counts()).toEqual({ find: 2 })
  })

  it('all pages of the documents with the ids it names', async () => {
    const { emulator, things } = await withNumbers(80)
    const ids = Array.from({ length: 60 }, (_, n) => 70 - n)
    const found = await things.find({ _id: { $in: ids } }).toArray()
    expect(found.map(({ _id }) => _id)).toEqual(ids.toReversed())
    expect(emulator.counts()).toEqual({ find: 2 })
  })

  it('pages of another size', async () => {
    const { emulator, things } = await withNumbers(30, { pageSize: 7 })
    expect(await things.find({ even: true }).toArray()).toHaveLength(15)
    expect(emulator.counts()).toEqual({ find: 3 })
  })

  it('no more than its limit, which counts over all pages', async () => {
    const { emulator, things } = await withNumbers(120)
    expect(await things.find({}, { limit: 70 }).toArray()).toHaveLength(70)
    expect(emulator.counts()).toEqual({ find: 2 })
    expect(await things.find({}, { limit: 50 }).toArray()).toHaveLength(50)
    expect(emulator.counts()).toEqual({ find: 3 })
  })

  it('what stays, each once, when documents change between pages', async () => {
    const { things } = await withNumbers(120)
    const cursor = things.find({})
    const seen = new Set<unknown>()
    for await (const { n } of cursor) {
      if (n === 49) {
        await things.deleteOne({ _id: 10 })
        await things.updateOne({ _id: 60 }, { $set: { changed: true } })
      }
      seen.add(n)
    }
    expect(seen.size).toBe(120)
  })

  it('one page only when it sorts, and can skip there', async () => {
    const { emulator, things } = await withNumbers(120)
    const sorted = await things.find({}, { sort: { n: -1 } }).toArray()
    expect(sorted.map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, n) => 119 - n))
    expect(emulator.counts()).toEqual({ find: 1 })
    const skipped = await things.find({}, { sort: { n: 1 }, skip: 3, limit: 2 }).toArray()
    expect(skipped.map(({ n }) => n)).toEqual([3, 4])
  })

  it('nothing by a skip without a sort', async () => {
    const { things } = await withNumbers(5)
    expect(await codeOf(things.find({}, { skip: 1 }).toArray())).toBe('COMMAND_FIELD_VALUE_INVALID')
  })

  it('distinct values over all pages', async () => {
    const { things } = await withNumbers(120)
    expect(await things.distinct('even', {})).toEqual([true, false])
  })

  it('the number of documents, up to a thousand', async () => {
    const { things } = await withNumbers(1000)
    expect(await things.countDocuments({ even: true }, 1000)).toBe(500)
    expect(await things.countDocuments({}, 1000)).toBe(1000)
    await things.insertOne({ n: -1 })
    await expect(things.countDocuments({}, 2000)).rejects.toThrow(TooManyDocumentsToCountError)
    await expect(things.countDocuments({ n: { $gt: -2 } }, 2000)).rejects.toMatchObject({
      limit: 1000,
      hitServerLimit: true,
    })
    expect(await things.estimatedDocumentCount()).toBe(1001)
  })

  it('nothing by a filter or a sort that is not allowed', async () => {
    const { things } = await withNumbers(1)
    expect(await codeOf(things.findOne({ n: { $regex: 'x' } }))).toBe('FILTER_UNSUPPORTED_OPERATOR')
    expect(await codeOf(things.findOne({ n: { $in: Array.from({ length: 101 }, () => 1) } }))).toBe(
      'FILTER_INVALID_EXPRESSION',
    )
    expect(await codeOf(things.findOne({}, { sort: { $vector: [1] } }))).toBe('SORT_CLAUSE_PATH_INVALID')
  })
})
