import { setTimeout as pause } from 'node:timers/promises'

import { Redis as Client } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { leaseKey, logKeys } from '../../../src/keys/redis-key.ts'
import { startCacheProcess, type CacheProcess } from '../../support/cache-process.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const PROCESSES = 4
const CALLERS = 1000

const redis = testRedis()
const processes: CacheProcess[] = []
const loads: string[] = []
const namespace = uniqueNamespace()
let load = async (_key: string): Promise<number | 'failure'> => 1

beforeAll(async () => {
  const source = (key: string) => {
    loads.push(key)
    return load(key)
  }
  const options = { url: redis.url, namespace, boundMs: 2000, source }
  processes.push(...(await Promise.all(Array.from({ length: PROCESSES }, () => startCacheProcess(options)))))
}, 60_000)

afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()))
})

const burst = async (key: string): Promise<string[]> => {
  const answers = await Promise.all(processes.map((each) => each.ask<string[]>({ op: 'burst', key, callers: CALLERS })))
  return [...new Set(answers.flatMap(({ value }) => value))]
}
const processAt = (index: number): CacheProcess => processes[index] ?? expect.unreachable()
const loadsOf = (key: string): number => loads.filter((loaded) => loaded === key).length

describe('one load per fleet', () => {
  it(`asks the source once for a cold key, with ${CALLERS} callers in each of ${PROCESSES} processes`, async () => {
    load = async () => {
      await pause(300)
      return 42
    }
    expect(await burst('cold')).toEqual(['42'])
    expect(loadsOf('cold')).toBe(1)
  })

  it('asks a source that fails once, and all who wait get the error', async () => {
    load = async () => {
      await pause(300)
      return 'failure'
    }
    const errors = await burst('failing')
    expect(loadsOf('failing')).toBe(1)
    expect(errors.toSorted()).toEqual([
      'Error: the source failed',
      'LoadFailedError: The load of "failing" failed in another process: the source failed',
    ])
  })

  it('waits for a load that outlives its lease, since a living process renews it', async () => {
    load = async () => {
      await pause(3000)
      return 7
    }
    expect(await burst('slow')).toEqual(['7'])
    expect(loadsOf('slow')).toBe(1)
  })

  it('loads anew in another process when the loading one dies', async () => {
    const { promise: started, resolve: begin } = Promise.withResolvers<void>()
    load = async () => {
      begin()
      await pause(loadsOf('orphan') === 1 ? 60_000 : 10)
      return 9
    }
    const [victim = processAt(0), ...others] = processes
    victim.ask({ op: 'read', key: 'orphan', tags: [] }).catch(() => undefined)
    await started
    const waiting = Promise.all(others.map((each) => each.ask<number>({ op: 'read', key: 'orphan', tags: [] })))
    victim.process.kill('SIGKILL')
    expect((await waiting).map(({ value }) => value)).toEqual([9, 9, 9])
    expect(loadsOf('orphan')).toBe(2)
  })

  it('does not wait for a lease that only a clock set back can have left: it is taken over', async () => {
    load = async () => 11
    const client = new Client({ host: redis.host, port: redis.port })
    // A minute is many times the life of a lease, and nobody is there to renew it.
    const epoch = await client.hget(logKeys(namespace).head, '@epoch')
    await client.set(leaseKey(namespace, 'left behind'), `dead ${epoch} 9999999999999999`, 'PX', 60_000)
    client.disconnect()
    expect((await processAt(1).ask<number>({ op: 'read', key: 'left behind', tags: [] })).value).toBe(11)
    expect(loadsOf('left behind')).toBe(1)
  }, 20_000)

  it('does not wait for a load that began before an invalidation: it is taken over', async () => {
    const values: number[] = []
    // The first load ends only after the second one did: whoever waited for it would wait in vain.
    const { promise: taken, resolve: letGo } = Promise.withResolvers<void>()
    load = async () => {
      const value = values.length + 1
      values.push(value)
      if (value === 1) await taken
      return value
    }
    const [first, second] = [processAt(1), processAt(2)]
    const old = first.ask<number>({ op: 'read', key: 'taken', tags: [] })
    await expect.poll(() => loadsOf('taken')).toBe(1)
    await second.ask({ op: 'invalidate', keys: ['taken'] })
    expect((await second.ask<number>({ op: 'read', key: 'taken', tags: [] })).value).toBe(2)
    expect(loadsOf('taken')).toBe(2)
    letGo()
    await old
    expect(
      (await second.ask<number>({ op: 'read', key: 'taken', tags: [] })).value,
      'the old load does not come back',
    ).toBe(2)
  }, 20_000)
})
