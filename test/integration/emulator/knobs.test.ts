import { DataAPIVector } from '@datastax/astra-db-ts'
import { describe, expect, it } from 'vitest'

import { codeOf, withEmulator, type Anything } from './with-emulator.ts'

async function vectors() {
  const { db } = await withEmulator()
  const places = await db.createCollection<Anything>('places', { vector: { dimension: 2, metric: 'euclidean' } })
  await places.insertMany([
    { _id: 'near', $vector: new DataAPIVector([1, 0]) },
    { _id: 'far', $vector: [9, 9] },
    { _id: 'nowhere' },
  ])
  return places
}

describe('the client searches by vector', () => {
  it('and gets the nearest first, with how near they are and what was looked for', async () => {
    const places = await vectors()
    const cursor = places
      .find({})
      .sort({ $vector: [1, 1] })
      .includeSimilarity()
      .includeSortVector()
    expect((await cursor.getSortVector())?.asArray()).toEqual([1, 1])
    expect(await cursor.toArray()).toEqual([
      { _id: 'near', $similarity: 0.5 },
      { _id: 'far', $similarity: expect.closeTo(1 / 129) },
    ])
    const far = await places.findOne(
      {},
      { sort: { $vector: [8, 8] }, includeSimilarity: true, projection: { $vector: 1 } },
    )
    expect(far).toMatchObject({ _id: 'far', $vector: expect.any(DataAPIVector) })
  })

  it('and changes vectors, of the right size alone', async () => {
    const places = await vectors()
    await places.updateOne({ _id: 'nowhere' }, { $set: { $vector: [1, 1] } })
    expect(await places.findOne({}, { sort: { $vector: [1, 1] } })).toEqual({ _id: 'nowhere' })
    expect(await codeOf(places.insertOne({ $vector: [1, 2, 3] }))).toBe('SHRED_BAD_VECTOR_VALUE')
    expect(await codeOf(places.updateOne({ _id: 'far' }, { $set: { $vector: [1] } }))).toBe('SHRED_BAD_VECTOR_VALUE')
  })
})

describe('numbers of any size', () => {
  it('come back to the client as they were sent', async () => {
    const { db } = await withEmulator()
    const things = await db.createCollection<Anything>('exact', { serdes: { enableBigNumbers: () => 'bigint' } })
    await things.insertOne({ _id: 'a', n: 9_007_199_254_740_993n })
    expect(await things.findOne({ n: 9_007_199_254_740_993n })).toEqual({ _id: 'a', n: 9_007_199_254_740_993n })
    expect(await things.findOne({ n: 9_007_199_254_740_992n })).toBeNull()
  })
})

describe('the knobs of an emulator', () => {
  it('make a command fail once, applied or not', async () => {
    const { emulator, things } = await withEmulator()
    emulator.fault({ kind: 'status', status: 429 })
    await expect(things.insertOne({ _id: 1 })).rejects.toMatchObject({ status: 429 })
    emulator.fault({ kind: 'reset', isApplied: true, commands: ['insertOne'] })
    expect(await things.findOne({})).toBeNull()
    await expect(things.insertOne({ _id: 2 })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:UND_ERR_SOCKET|ECONNRESET)$/),
    })
    emulator.fault({ kind: 'slow-body', delayMs: 5 })
    expect(await things.findOne({})).toEqual({ _id: 2 })
  })

  it('are turned over HTTP', async () => {
    const { emulator, things } = await withEmulator()
    const post = async (verb: string, body?: object) => {
      const answer = await fetch(`${emulator.url}/__admin/${verb}`, {
        method: 'POST',
        ...(body && { body: JSON.stringify(body) }),
      })
      return [answer.status, await answer.text()]
    }
    await things.insertOne({ _id: 1 })
    expect(await post('counts')).toEqual([200, '{"insertOne":1}'])
    expect(await post('reset-counts')).toEqual([200, '{"ok":1}'])
    expect((await post('fault', { kind: 'status', status: 503 }))[0]).toBe(200)
    await expect(things.findOne({})).rejects.toMatchObject({ status: 503 })
    expect((await post('latency', { p50: 1, p99: 2 }))[0]).toBe(200)
    expect((await post('latency', { min: 3, max: 2 }))[0]).toBe(400)
    expect((await post('dance'))[0]).toBe(404)
    expect((await fetch(`${emulator.url}/__admin/reset`)).status).toBe(405)
    await post('reset')
    expect(await codeOf(things.findOne({}))).toBe('UNKNOWN_COLLECTION_OR_TABLE')
    expect(emulator.counts()).toEqual({ findOne: 1 })
  })
})
