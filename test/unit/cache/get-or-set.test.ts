import { describe, expect, it } from 'vitest'

import { dice } from '../../simulation/time/dice.ts'
import { held, memoryCache, turn } from '../../support/memory-cache.ts'
import { gone, modelFleet } from '../../simulation/redis/model-fleet.ts'

const turns = async (): Promise<void> => {
  for (let at = 0; at < 6; at += 1) await turn()
}

/** Two processes that have heard from the log, and what each was told of reads since. */
async function twoProcesses({ chance = 0 } = {}) {
  const fleet = modelFleet()
  const ids = dice(3)
  const random = { id: () => ids.id(), fraction: () => chance }
  const [one, other] = [fleet.join({ random }), fleet.join({ random })]
  for (const { cache } of [one, other]) await cache.getOrSet('warm up', () => 1)
  await turns()
  const reads = ({ told }: typeof one) =>
    told.splice(0).flatMap((event) => (event.type === 'read' ? [`${event.result} ${event.why ?? event.tier}`] : []))
  for (const each of [one, other]) reads(each)
  return { ...fleet, one, other, reads }
}

describe('a read of what another process loaded', () => {
  it('is a hit from Redis, then one from here', async () => {
    const { one, other, reads } = await twoProcesses()
    await one.cache.getOrSet('a', () => 'loaded')
    await turns()
    const read = () => other.cache.getOrSet('a', () => 'not asked')
    expect([await read(), await read()]).toEqual(['loaded', 'loaded'])
    expect(reads(other)).toEqual(['hit l2', 'hit l1'])
  })

  it('asks Redis with a heartbeat of its own when it is strict, and takes what is current', async () => {
    const { one, other, asked, reads } = await twoProcesses()
    await one.cache.getOrSet('a', () => 'loaded')
    await turns()
    await other.cache.getOrSet('a', () => 'not asked')
    reads(other)
    asked.length = 0
    const strict = () => other.cache.getOrSet('a', () => 'loaded anew', { consistency: 'strict' })
    expect(await strict()).toBe('loaded')
    expect(asked).toContain('log.beat')
    await one.cache.invalidate({ keys: ['a'] })
    expect(await strict()).toBe('loaded anew')
    expect(reads(other).at(-1)).toBe('miss none')
  })

  it('gives its grace, marked as stale, and refreshes what was of another epoch as unverified', async () => {
    const { one, other, server, clock } = await twoProcesses()
    const options = { ttl: '1h', grace: '1h', serveUnverified: true } as const
    await one.cache.getOrSet('a', () => 'old', options)
    await turns()
    server.renewReplicationId()
    clock.advance(3000)
    await turns()
    const told: string[] = []
    const value = await other.cache.getOrSet('a', () => 'new', {
      ...options,
      onStale: ({ why }) => void told.push(why),
    })
    expect([value, told]).toEqual(['old', ['unverified']])
    expect(other.told.filter(({ type }) => type === 'refresh')).toEqual([
      { type: 'refresh', key: 'a', why: 'unverified' },
    ])
    await turns()
    expect(await other.cache.getOrSet('a', () => 'newer', options)).toBe('new')
  })

  it('refreshes early the entry that it found, and nobody else does meanwhile', async () => {
    const { one, other, clock } = await twoProcesses({ chance: 0.9 })
    const options = { ttl: '10s', earlyRefresh: 100 } as const
    const slow = held<string>()
    await one.cache.getOrSet('a', () => (clock.advance(100), 'first'), options)
    await turns()
    clock.advance(9500)
    await turns()
    expect(await one.cache.getOrSet('a', slow.loader, options)).toBe('first')
    await turns()
    expect(await other.cache.getOrSet('a', slow.loader, options)).toBe('first')
    await turns()
    expect(slow.calls).toHaveLength(1)
    slow.calls[0]?.('second')
    await turns()
    expect(await one.cache.getOrSet('a', () => 'third', options)).toBe('second')
  })
})

describe('a read that finds a value in its grace', () => {
  const options = { ttl: '10s', grace: '1h', softTimeout: '1s' } as const

  it('waits a moment for a better one, and tells how that ended', async () => {
    const { cache, clock, transcript } = memoryCache()
    await cache.getOrSet('a', () => 'old', options)
    clock.advance(10_000)
    transcript.length = 0
    expect(await cache.getOrSet('a', () => 'new', options)).toBe('new')
    expect(transcript).toEqual(['load a ok', 'read a miss none'])
    clock.advance(10_000)
    const slow = held<string>()
    const late = cache.getOrSet('a', slow.loader, options)
    await turn()
    clock.advance(1000)
    expect(await late).toBe('new')
    slow.failures[0]?.(new RangeError('down, and nobody waits'))
    await turn()
    expect(await cache.getOrSet('a', () => 'newer', options)).toBe('new')
  })

  it('gives it at once when the load fails, or when too many are under way', async () => {
    const { cache, clock } = memoryCache({ loads: { maxLoads: 1, maxWaiting: 10 } })
    await cache.getOrSet('a', () => 'old', options)
    clock.advance(10_000)
    const failing = cache.getOrSet('a', () => Promise.reject(new RangeError('down')), options)
    expect(await failing).toBe('old')
    clock.advance(60_000)
    const slow = held<number>()
    const running = cache.getOrSet('b', slow.loader)
    await turn()
    expect(await cache.getOrSet('a', () => 'new', options)).toBe('old')
    slow.calls[0]?.(1)
    await running
  })
})

describe('a read with a signal', () => {
  it('ends with its reason, and leaves the signal as it was', async () => {
    const { cache } = memoryCache()
    const listeners = new Set<unknown>()
    const controller = new AbortController()
    const { signal } = controller
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
    Object.assign(signal, {
      addEventListener: (type: string, listener: () => void, how: object) => {
        listeners.add(listener)
        add(type, listener, how)
      },
      removeEventListener: (type: string, listener: () => void) => {
        if (type === 'abort') listeners.delete(listener)
        remove(type, listener)
      },
    })
    expect(await cache.getOrSet('a', () => 1, { signal })).toBe(1)
    expect(listeners.size).toBe(0)
    const waiting = cache.getOrSet('b', held<number>().loader, { signal })
    await turn()
    controller.abort(new RangeError('no longer wanted'))
    await expect(waiting).rejects.toThrow('no longer wanted')
    expect(() => signal.throwIfAborted()).toThrow('no longer wanted')
    await expect(cache.getOrSet('a', () => 1, { signal })).rejects.toThrow('no longer wanted')
  })
})

describe('a read while Redis is away', () => {
  it('loads, tells what it took, and serves what this process loaded for as long as the bound', async () => {
    const { one, answers, clock } = await twoProcesses()
    for (const command of ['get', 'log.beat', 'lease.acquire', 'entry.fill']) answers.set(command, gone())
    clock.advance(5000)
    await turns()
    const read = () => one.cache.getOrSet('a', () => (clock.advance(4), 'loaded'))
    expect([await read(), await read()]).toEqual(['loaded', 'loaded'])
    const reads = one.told.flatMap((event) => (event.type === 'read' ? [event] : []))
    expect(reads).toEqual([
      expect.objectContaining({ result: 'bypass', tier: 'none', durationMs: 4 }),
      expect.objectContaining({ result: 'hit', tier: 'l1' }),
    ])
  })
})
