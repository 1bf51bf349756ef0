import { setTimeout as sleep } from 'node:timers/promises'

import { DataAPIClient, type Collection } from '@datastax/astra-db-ts'
import { createEmulator } from '@holdfast/emulator'
import { describe, expect, it, onTestFinished } from 'vitest'

import { startAstraProcess } from '../../../support/astra-process.ts'
import { testRedis, uniqueNamespace } from '../../../support/redis.ts'
import { seeded } from '../../../support/seeded.ts'

const redis = testRedis()
const BOUND_MS = 500
const DOCUMENTS = ['a', 'b', 'c', 'd', 'e', 'f'] as const
const WRITES = 120
const EVERY = 12

interface Thing {
  readonly _id: string
  readonly n: number
}

/** Two processes with a cached client each, and what the database itself says. */
async function fleet() {
  const emulator = await createEmulator()
  onTestFinished(() => emulator.close())
  const client = new DataAPIClient({ environment: 'astra' })
  onTestFinished(() => client.close())
  const things = await client.db(emulator.url, { token: 'AstraCS:test' }).createCollection<Thing>('things')
  const options = { url: redis.url, namespace: uniqueNamespace(), endpoint: emulator.url, boundMs: BOUND_MS }
  const start = async () => {
    const started = await startAstraProcess(options)
    onTestFinished(() => started.stop())
    return started
  }
  const [one, other] = [await start(), await start()]
  expect(new Set([one.pid, other.pid, process.pid]).size).toBe(3)
  return { one, other, things, stored: () => storedIn(things) }
}

async function storedIn(things: Collection<Thing>): Promise<readonly unknown[]> {
  return Promise.all(DOCUMENTS.map(async (_id) => (await things.findOne({ _id }))?.n))
}

describe('two processes with a cached client each', () => {
  it('read their own writes at once, and each other’s after the bound', { timeout: 120_000 }, async () => {
    const { one, other, stored } = await fleet()
    const chance = seeded(11)
    let [ownStale, comparisons] = [0, 0]
    const stale: unknown[] = []
    for (let n = 1; n <= WRITES; n += 1) {
      // What a process holds is what can be stale.
      await Promise.all([one.read(DOCUMENTS), other.read(DOCUMENTS)])
      if ((await (chance.below(2) === 0 ? one : other).write(chance.pick(DOCUMENTS), n)) !== n) ownStale += 1
      if (n % EVERY > 0) continue
      await sleep(BOUND_MS)
      const truth = await stored()
      for (const told of [await one.read(DOCUMENTS), await other.read(DOCUMENTS)]) {
        comparisons += told.length
        stale.push(...told.filter((value, at) => value !== truth[at]))
      }
    }
    expect([ownStale, stale]).toEqual([0, []])
    expect(comparisons).toBe((WRITES / EVERY) * 2 * DOCUMENTS.length)
    // Otherwise it would be the database that was compared with itself.
    for (const process of [one, other]) expect(process.hits()).toBeGreaterThan(WRITES)
  })

  it('hold what was written past the cached clients, so that the comparison is known to see', async () => {
    const { one, other, things, stored } = await fleet()
    for (const [n, document] of DOCUMENTS.entries()) await one.write(document, n)
    await sleep(BOUND_MS)
    await Promise.all([one.read(DOCUMENTS), other.read(DOCUMENTS)])
    await things.updateOne({ _id: 'a' }, { $set: { n: 99 } })
    await sleep(BOUND_MS)
    expect((await stored())[0]).toBe(99)
    expect([(await one.read(DOCUMENTS))[0], (await other.read(DOCUMENTS))[0]]).toEqual([0, 0])
  })
})
