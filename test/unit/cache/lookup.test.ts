import { describe, expect, it } from 'vitest'

import type { CacheOptions, HoldfastEvent } from '../../../src/index.ts'
import { gone, modelFleet } from '../../simulation/redis/model-fleet.ts'
import { turn } from '../../support/memory-cache.ts'

const ENTRY = 'hf:test:e:{a}'

const lines = (told: readonly HoldfastEvent[]): string[] =>
  told.flatMap((event) => {
    if (event.type === 'read') return [`read ${event.result} ${event.why ?? event.tier}`]
    return event.type === 'error' ? [`error ${event.operation} ${event.error.code}`] : []
  })

async function processes(options: Partial<CacheOptions> = {}) {
  const fleet = modelFleet()
  const [writer, reader] = [fleet.join(), fleet.join(options)]
  await Promise.all([writer.cache.get('warm up'), reader.cache.get('warm up')])
  reader.told.length = 0
  fleet.asked.length = 0
  return { ...fleet, writer: writer.cache, cache: reader.cache, told: reader.told }
}

describe('a value that only Redis has', () => {
  it('comes in one round trip, and from this process after that', async () => {
    const { writer, cache, told, asked } = await processes()
    await writer.set('a', 1)
    asked.length = 0
    expect([await cache.get('a'), await cache.get('a')]).toEqual([1, 1])
    expect(asked).toEqual(['get'])
    expect(lines(told)).toEqual(['read hit l2', 'read hit l1'])
  })

  it('is asked for beside a heartbeat where the lease has lapsed', async () => {
    const { writer, cache, asked, clock } = await processes()
    await writer.set('a', 1)
    await cache.get('a')
    clock.suspend(2001)
    asked.length = 0
    expect(await cache.get('a')).toBe(1)
    expect(asked).toEqual(expect.arrayContaining(['get', 'log.beat']))
    asked.length = 0
    expect([await cache.get('a'), asked]).toEqual([1, []])
  })

  it('is not served where Redis gives the value and the log does not answer', async () => {
    const { writer, clock, redis, join } = await processes()
    await writer.set('a', 1)
    let fails: 'never' | 'hangs' | 'now' = 'never'
    const run: typeof redis.run = async (script, keys, args) => {
      if (script.name !== 'log.beat' || fails === 'never') return redis.run(script, keys, args)
      if (fails === 'now') throw gone()
      return new Promise(() => undefined)
    }
    const { cache, told } = join({ redis: { ...redis, run } })
    await cache.get('warm up')
    fails = 'now'
    told.length = 0
    // Nobody has found out yet.
    clock.advance(499)
    clock.suspend(2000)
    expect(await cache.getOrSet('a', () => 'from the source')).toBe('from the source')
    expect(lines(told)).toEqual(['error hear ERR_HOLDFAST_STORE', 'read bypass none'])
    fails = 'never'
  })

  it('is not asked for while the log does not answer', async () => {
    const { writer, cache, told, asked, answers, clock } = await processes()
    await writer.set('a', 1)
    answers.set('log.beat', gone())
    for (let beat = 0; beat < 5; beat += 1) {
      clock.advance(500)
      await turn()
    }
    told.length = 0
    asked.length = 0
    expect(await cache.getOrSet('a', () => 'from the source')).toBe('from the source')
    expect(asked.filter((command) => command === 'get' || command.startsWith('lease'))).toEqual([])
    expect(lines(told)).toEqual(['read bypass none'])
    answers.clear()
  })

  it('is loaded where Redis does not give it, without a lease', async () => {
    const { writer, cache, told, asked, answers } = await processes()
    await writer.set('a', 1)
    answers.set('get', gone())
    asked.length = 0
    expect(await cache.getOrSet('a', () => 'from the source')).toBe('from the source')
    expect(asked).not.toContain('lease.acquire')
    expect(lines(told).at(-1)).toBe('read bypass none')
    answers.clear()
  })

  it('counts as missing where it cannot be read, is told, and is written anew', async () => {
    const { writer, cache, told, server, clock } = await processes()
    await writer.set('a', 1)
    clock.advance(500)
    await turn()
    const bytes = Buffer.from(server.get(ENTRY) ?? '')
    bytes[bytes.length - 1] = 0xff
    server.apply({ op: 'set', key: ENTRY, bytes, goneAtMs: Number.POSITIVE_INFINITY })
    expect(await cache.getOrSet('a', () => 'loaded')).toBe('loaded')
    expect(lines(told)).toEqual(['error decode ERR_HOLDFAST_DECODE', 'read miss none'])
    await turn()
    expect(server.get(ENTRY)?.equals(bytes)).toBe(false)
  })

  it('counts as missing, and is told, where what is compressed or sealed in it is damaged', async () => {
    const { writer, cache, told, server } = await processes()
    await writer.set(
      'a',
      Array.from({ length: 20_000 }, (_, index) => `text ${index}`),
    )
    const bytes = Buffer.from(server.get(ENTRY) ?? '')
    bytes.fill(0, bytes.length - 2000)
    server.apply({ op: 'set', key: ENTRY, bytes, goneAtMs: Number.POSITIVE_INFINITY })
    expect(await cache.getOrSet('a', () => 'loaded')).toBe('loaded')
    expect(lines(told)).toEqual(['error decode ERR_HOLDFAST_DECODE', 'read miss none'])
  })

  it('is missing and not bypassed where Redis holds nothing', async () => {
    const { cache, told, asked } = await processes()
    expect(await cache.getOrSet('a', () => 'loaded')).toBe('loaded')
    expect(asked.slice(0, 2)).toEqual(['get', 'lease.acquire'])
    expect(lines(told)).toEqual(['read miss none'])
  })
})

describe('a value past its TTL', () => {
  it('is kept in this process for its grace, also one that only Redis had', async () => {
    const { writer, cache, clock, asked } = await processes()
    await writer.set('a', 1, { ttl: '1s', grace: '1h' })
    clock.advance(1000)
    expect(await cache.get('a')).toBeUndefined()
    asked.length = 0
    expect(await cache.get('a', { stale: true })).toBe(1)
    expect(await cache.get('a')).toBeUndefined()
  })
})

describe('a strict read', () => {
  it('asks for a heartbeat of its own, here and of Redis', async () => {
    const { writer, cache, asked } = await processes()
    await writer.set('a', 1)
    await cache.get('a')
    asked.length = 0
    expect(await cache.get('a', { consistency: 'strict' })).toBe(1)
    expect(asked.filter((command) => command === 'log.beat')).toHaveLength(1)
  })

  it('that finds what was loaded for it needs none', async () => {
    const { cache, asked } = await processes()
    const read = () => cache.getOrSet('a', () => 1, { consistency: 'strict' })
    expect(await read()).toBe(1)
    await turn()
    asked.length = 0
    expect(await read()).toBe(1)
    expect(asked.filter((command) => command === 'log.beat')).toHaveLength(1)
  })
})

describe('a value that is kept in another form', () => {
  it('is turned into the one that is asked for, from memory and from Redis', async () => {
    const { writer, cache, asked, told } = await processes()
    await writer.set('a', { n: 1 })
    const json = await cache.getOrSetJson('a', () => 'not asked')
    expect(json.body.toString()).toBe('{"n":1}')
    asked.length = 0
    expect(await cache.get('a')).toEqual({ n: 1 })
    expect((await writer.getOrSetJson('a', () => 'not asked')).body.toString()).toBe('{"n":1}')
    expect(asked).toEqual([])
    expect(lines(told)).toEqual(['read hit l2', 'read hit l1'])
  })

  it('that it cannot have counts as missing, and is told', async () => {
    const { writer, cache, told } = await processes()
    await writer.set('a', { n: 1n })
    expect(await cache.get('a')).toEqual({ n: 1n })
    told.length = 0
    const json = await cache.getOrSetJson('a', () => ({ n: 1 }))
    expect(json.body.toString()).toBe('{"n":1}')
    expect(lines(told)[0]).toMatch(/^error decode ERR_HOLDFAST_(DE|EN)CODE$/)
    expect(lines(told).at(-1)).toBe('read miss none')
  })
})

describe('what another process has filled between the look and the lease', () => {
  it('is read instead of loaded', async () => {
    const { writer, redis, join } = await processes()
    let first = true
    const run: typeof redis.run = async (script, keys, args) => {
      if (script.name === 'lease.acquire' && first) {
        first = false
        await writer.set('a', 'filled meanwhile')
      }
      return redis.run(script, keys, args)
    }
    const { cache } = join({ redis: { ...redis, run } })
    await cache.get('warm up')
    expect(await cache.getOrSet('a', () => 'loaded')).toBe('filled meanwhile')
  })

  it('is loaded where what Redis holds could not be read, whatever it is', async () => {
    const { cache, server } = await processes()
    server.apply({ op: 'set', key: ENTRY, bytes: Buffer.from('nonsense'), goneAtMs: Number.POSITIVE_INFINITY })
    expect(await cache.getOrSet('a', () => 'loaded')).toBe('loaded')
  })
})
