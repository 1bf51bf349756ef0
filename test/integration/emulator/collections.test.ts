import { UUID, type CreateCollectionOptions } from '@datastax/astra-db-ts'
import { describe, expect, it } from 'vitest'

import { codeOf, withEmulator, type Anything } from './with-emulator.ts'

describe('the client manages collections', () => {
  it('creates, lists and drops them', async () => {
    const { db } = await withEmulator()
    const definition: CreateCollectionOptions<Anything> = {
      indexing: { allow: ['a.b'] },
      defaultId: { type: 'uuidv7' },
    }
    await db.createCollection<Anything>('keyed', definition)
    expect(await db.listCollections({ nameOnly: true })).toEqual(['keyed', 'things'])
    expect(await db.listCollections()).toEqual([
      { name: 'keyed', definition },
      { name: 'things', definition: {} },
    ])
    expect(await db.collection('keyed').options()).toEqual(definition)
    await db.dropCollection('keyed')
    await db.dropCollection('keyed')
    expect(await db.listCollections({ nameOnly: true })).toEqual(['things'])
  })

  it('creates one again only as it is', async () => {
    const { db } = await withEmulator()
    await db.createCollection('same', { indexing: { deny: ['x'] } })
    await db.createCollection('same', { indexing: { deny: ['x'] } })
    expect(await codeOf(db.createCollection('same'))).toBe('EXISTING_COLLECTION_DIFFERENT_SETTINGS')
  })

  it('loses the documents of one that it drops', async () => {
    const { db, things } = await withEmulator()
    await things.insertOne({ _id: 'a' })
    await db.dropCollection('things')
    expect(await codeOf(things.findOne({}))).toBe('UNKNOWN_COLLECTION_OR_TABLE')
    await db.createCollection('things')
    expect(await things.findOne({})).toBeNull()
  })

  it('has two keyspaces, which share nothing', async () => {
    const { db, things } = await withEmulator()
    await things.insertOne({ n: 1 })
    const other = await db.createCollection('things', { keyspace: 'other_keyspace' })
    expect(await other.findOne({})).toBeNull()
    expect(await db.command({ findKeyspaces: {} }, { keyspace: null })).toMatchObject({
      status: { keyspaces: ['default_keyspace', 'other_keyspace'] },
    })
    expect(await codeOf(db.listCollections({ keyspace: 'third' }))).toBe('UNKNOWN_KEYSPACE')
    expect(await codeOf(db.collection('things', { keyspace: 'third' }).findOne({}))).toBe('UNKNOWN_KEYSPACE')
  })

  it('chooses the kind of new ids', async () => {
    const { db } = await withEmulator()
    const collection = await db.createCollection('keyed', { defaultId: { type: 'uuidv7' } })
    const { insertedId } = await collection.insertOne({})
    expect(insertedId).toBeInstanceOf(UUID)
    expect((insertedId as unknown as UUID).version).toBe(7)
  })

  it('reads by what is indexed only', async () => {
    const { db } = await withEmulator()
    const collection = await db.createCollection('sources', { indexing: { allow: ['file'] } })
    await collection.insertOne({ _id: 1, file: 'a', text: 'x'.repeat(9000) })
    expect(await collection.findOne({ file: 'a' }, { projection: { file: 1 } })).toEqual({ _id: 1, file: 'a' })
    expect(await codeOf(collection.findOne({ text: 'x' }))).toBe('FILTER_PATH_UNINDEXED')
    expect(await codeOf(collection.findOne({}, { sort: { text: 1 } }))).toBe('SORT_CLAUSE_PATH_UNINDEXED')
  })

  it('is refused what this server has not', async () => {
    const { db, things } = await withEmulator()
    const vector = db.createCollection('v', { vector: { dimension: 3, service: { provider: 'x', modelName: 'y' } } })
    expect(await codeOf(vector)).toBe('INVALID_CREATE_COLLECTION_OPTIONS')
    expect(await codeOf(db.createCollection('no-dash'))).toBe('UNSUPPORTED_SCHEMA_NAME')
    expect(await codeOf(db.createCollection('i', { indexing: { allow: [] } }))).toBe('INVALID_INDEXING_DEFINITION')
    expect(await codeOf(db.createCollection('d', { defaultId: { type: 'x' } } as object))).toBe(
      'INVALID_CREATE_COLLECTION_OPTIONS',
    )
    expect(await codeOf(db.listTables())).toBe('COMMAND_UNKNOWN')
    expect(await codeOf(db.command({ findOneAndDance: {} }, { collection: things.name }))).toBe('COMMAND_UNKNOWN')
    expect(await codeOf(db.command({ findOne: {} }))).toBe('COMMAND_UNKNOWN')
    expect(await codeOf(db.command({ findOne: { filtr: {} } }, { collection: things.name }))).toBe(
      'COMMAND_FIELD_UNKNOWN',
    )
  })
})
