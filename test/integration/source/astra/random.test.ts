import { isDeepStrictEqual } from 'node:util'

import type { Collection } from '@datastax/astra-db-ts'
import { describe, expect, it } from 'vitest'

import type { Cache } from '../../../../src/index.ts'
import { testRedis } from '../../../support/redis.ts'
import { seeded, type Seeded } from '../../../support/seeded.ts'
import { withAstra, type Anything } from './with-astra.ts'

const redis = testRedis()
const STEPS = 2_000

type Things = Collection<Anything>
type Step = (things: Things) => Promise<unknown>

const idOf = (chance: Seeded) => `d${chance.below(12)}`
const valueOf = (chance: Seeded) => chance.below(5)

/** A read; the same draws give the same read. */
function readOf(chance: Seeded): Step {
  const [_id, other, n] = [idOf(chance), idOf(chance), valueOf(chance)]
  return chance.pick<Step>([
    (things) => things.findOne({ _id }),
    (things) => things.findOne({ _id: { $in: [_id, other] } }, { sort: { n: 1, _id: 1 } }),
    (things) => things.findOne({ _id, n }),
    (things) => things.findOne({ n }, { sort: { _id: 1 } }),
    (things) => things.find({ n: { $gte: n } }).toArray(),
    (things) => things.find({}).toArray(),
    (things) => things.find({ _id: { $in: [_id, other] } }).toArray(),
    (things) => things.find({}).sort({ n: -1, _id: 1 }).limit(3).toArray(),
    (things) => things.countDocuments({ n }, 1000),
    (things) => things.countDocuments({ _id }, 1000),
    (things) => things.estimatedDocumentCount(),
    async (things) => (await things.distinct('n', {})).sort(),
  ])
}

function writeOf(chance: Seeded): Step {
  const [_id, other, n, to] = [idOf(chance), idOf(chance), valueOf(chance), valueOf(chance)]
  return chance.pick<Step>([
    (things) => things.insertOne({ _id, n }),
    (things) =>
      things.insertMany(
        [
          { _id, n },
          { _id: other, n },
        ],
        { ordered: true },
      ),
    (things) => things.updateOne({ _id }, { $set: { n: to } }),
    (things) => things.updateOne({ _id }, { $set: { n: to } }, { upsert: true }),
    (things) => things.updateOne({ n }, { $set: { n: to } }, { sort: { _id: 1 } }),
    (things) => things.updateOne({ n: 99 }, { $setOnInsert: { _id } }, { upsert: true }),
    (things) => things.updateMany({ n }, { $inc: { n: 1 } }),
    (things) => things.updateMany({ _id: { $in: [_id, other] } }, { $set: { n: to } }),
    (things) => things.replaceOne({ _id }, { n: to }, { upsert: true }),
    (things) => things.findOneAndReplace({ n }, { n: to }, { sort: { _id: 1 } }),
    (things) => things.findOneAndUpdate({ _id }, { $unset: { n: '' } }),
    (things) => things.findOneAndDelete({ n }, { sort: { _id: 1 } }),
    (things) => things.deleteOne({ _id }),
    (things) => things.deleteMany({ n: { $gt: 3 } }),
  ])
}

/** Steps drawn from a seed: each read by the cached client and compared with what the database says. */
async function compare(seed: number, mute: boolean) {
  const { plain, another, emulator } = await withAstra(redis, { emulator: { pageSize: 4 } })
  const muted = (cache: Cache): Cache => ({ ...cache, invalidate: async () => ({ acknowledged: true }) as never })
  // Reads are strict: the write may have been the other process's.
  const processes = [1, 2].map(() => another({ reads: { consistency: 'strict' } }, undefined, mute ? muted : undefined))
  const chance = seeded(seed)
  let [reads, stale] = [0, 0]
  emulator.resetCounts()
  for (let step = 0; step < STEPS; step += 1) {
    const { things } = processes[chance.below(2)] ?? processes[0] ?? { things: plain }
    if (chance.below(5) === 0) {
      if (chance.below(10) === 0)
        emulator.fault({ kind: chance.pick(['reset', 'slow-body']), isApplied: true, delayMs: 1 })
      // An id in use, a broken connection: the write failed, and may have changed something.
      await writeOf(chance)(things).catch(() => undefined)
    } else {
      const read = readOf(chance)
      const [got, truth] = [await read(things), await read(plain)]
      reads += 1
      if (!isDeepStrictEqual(got, truth)) stale += 1
    }
  }
  const stats = processes.map(({ cache }) => cache.stats())
  return { reads, stale, stats }
}

describe('two cached clients and random steps', () => {
  it.for([1, 2])('read what the database holds, always: seed %i', { timeout: 120_000 }, async (seed) => {
    const { reads, stale, stats } = await compare(seed, false)
    expect(stale).toBe(0)
    expect(reads).toBeGreaterThan(1_500)
    expect(stats.reduce((hits, each) => hits + each.hits.l1 + each.hits.l2, 0)).toBeGreaterThan(100)
  })

  it('would not, if writes did not invalidate', { timeout: 120_000 }, async () => {
    expect((await compare(1, true)).stale).toBeGreaterThan(100)
  })
})
