import { CollectionInsertManyError, ObjectId, UUID } from '@datastax/astra-db-ts'
import { describe, expect, it } from 'vitest'

import { codeOf, withEmulator } from './with-emulator.ts'

describe('the client inserts', () => {
  it('a document and gets back the id that the server gave it', async () => {
    const { things } = await withEmulator()
    const { insertedId } = await things.insertOne({ name: 'lich' })
    expect(insertedId).toMatch(/^[0-9a-f-]{36}$/)
    expect(await things.findOne({ name: 'lich' })).toEqual({ _id: insertedId, name: 'lich' })
  })

  it('and finds ids and values of every kind as they were', async () => {
    const { things } = await withEmulator()
    const ids = ['text', 7, 1.5, true, null, new Date(5), UUID.v4(), new ObjectId()]
    const values = { at: new Date(0), uuid: UUID.v7(), oid: new ObjectId(), deep: [{ at: new Date(1) }], none: null }
    for (const _id of ids) await things.insertOne({ _id, ...values })
    for (const _id of ids) expect(await things.findOne({ _id })).toEqual({ _id, ...values })
    expect((await things.find({ _id: { $in: ids } }).toArray()).map(({ _id }) => _id)).toEqual(ids)
  })

  it('no id twice, whichever way a UUID is written', async () => {
    const { things } = await withEmulator()
    const uuid = UUID.v4()
    await things.insertOne({ _id: uuid })
    expect(await codeOf(things.insertOne({ _id: uuid }))).toBe('DOCUMENT_ALREADY_EXISTS')
    expect(await codeOf(things.insertOne({ _id: uuid.toString() }))).toBe('DOCUMENT_ALREADY_EXISTS')
    expect(await things.estimatedDocumentCount()).toBe(1)
  })

  it('hundreds of documents in chunks', async () => {
    const { emulator, things } = await withEmulator()
    const { insertedCount } = await things.insertMany(Array.from({ length: 230 }, (_, n) => ({ n })))
    expect(insertedCount).toBe(230)
    expect(emulator.counts()).toEqual({ insertMany: 5 })
  })

  it('all but a duplicate when the order does not matter', async () => {
    const { things } = await withEmulator()
    const documents = ['a', 'b', 'a', 'c'].map((_id) => ({ _id }))
    const error: unknown = await things.insertMany(documents, { ordered: false }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CollectionInsertManyError)
    expect((error as CollectionInsertManyError).insertedIds()).toEqual(['a', 'b', 'c'])
    expect(await codeOf(Promise.reject(error as Error))).toBe('DOCUMENT_ALREADY_EXISTS')
    expect(await things.distinct('_id', {})).toEqual(['a', 'b', 'c'])
  })

  it('up to a duplicate when the order matters', async () => {
    const { things } = await withEmulator()
    const documents = ['a', 'b', 'a', 'c'].map((_id) => ({ _id }))
    const error: unknown = await things.insertMany(documents, { ordered: true }).catch((thrown: unknown) => thrown)
    expect((error as CollectionInsertManyError).insertedIds()).toEqual(['a', 'b'])
    expect(await things.distinct('_id', {})).toEqual(['a', 'b'])
  })

  it('what cannot be stored, and is told why', async () => {
    const { things } = await withEmulator()
    expect(await codeOf(things.insertOne({ text: 'x'.repeat(8001) }))).toBe('SHRED_DOC_LIMIT_VIOLATION')
    expect(await codeOf(things.insertOne({ _id: '' }))).toBe('SHRED_BAD_DOCID_VALUE')
    expect(await codeOf(things.insertMany([{ n: 1 }, { $lexical: 'x' }, { n: 2 }], { ordered: true }))).toBe(
      'SHRED_BAD_FIELD_NAME',
    )
    expect(await things.distinct('n', {})).toEqual([1])
  })
})
