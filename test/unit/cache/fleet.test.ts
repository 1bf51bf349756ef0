import { describe, expect, it } from 'vitest'

import { held, turn } from '../../support/memory-cache.ts'
import { gone, modelFleet } from '../../simulation/redis/model-fleet.ts'

const turns = async (): Promise<void> => {
  for (let at = 0; at < 6; at += 1) await turn()
}

async function processes(count: number) {
  const fleet = modelFleet()
  const joined = Array.from({ length: count }, () => fleet.join({ bound: '1h', lease: '2s' }))
  for (const { cache } of joined) await cache.getOrSet('warm up', () => 1)
  await turns()
  const [one, other, third] = joined.map(({ cache }) => cache)
  if (!one || !other) throw new Error('Two processes at least')
  return { ...fleet, one, other, third: third ?? other, lease: () => fleet.server.text('hf:test:l:{a}') }
}

describe('the lease of a load', () => {
  it('is had by one process; the others wait, and are woken by the end of its load', async () => {
    const { one, other, third, lease } = await processes(3)
    const slow = held<string>()
    const reads = [one, other, third].map((cache) => cache.getOrSet('a', slow.loader))
    await turns()
    expect(slow.calls).toHaveLength(1)
    expect(lease()).toMatch(/^\S+ \S{11} \d+$/)
    slow.calls[0]?.('once')
    expect(await Promise.all(reads)).toEqual(['once', 'once', 'once'])
    expect(lease()).toBeNull()
  })

  it('is renewed thrice in its life while the load goes on', async () => {
    const { one, other, clock, asked } = await processes(2)
    const slow = held<string>()
    const first = one.getOrSet('a', slow.loader)
    await turns()
    const waiting = other.getOrSet('a', slow.loader)
    await turns()
    for (let at = 0; at < 9; at += 1) {
      clock.advance(667)
      await turns()
    }
    expect(asked.filter((command) => command === 'lease.renew').length).toBeGreaterThanOrEqual(8)
    expect(slow.calls).toHaveLength(1)
    slow.calls[0]?.('once')
    expect(await Promise.all([first, waiting])).toEqual(['once', 'once'])
    asked.length = 0
    clock.advance(10_000)
    await turns()
    expect(asked).not.toContain('lease.renew')
  })

  it('is had by the next when its holder is gone', async () => {
    const { one, other, answers, clock } = await processes(2)
    const slow = held<string>()
    void one.getOrSet('a', slow.loader)
    await turns()
    answers.set('lease.renew', gone())
    const waiting = other.getOrSet('a', () => 'loaded here')
    await turns()
    clock.advance(1999)
    await turns()
    expect(await Promise.race([waiting, turns().then(() => 'waits')])).toBe('waits')
    clock.advance(2)
    await turns()
    clock.advance(1)
    expect(await waiting).toBe('loaded here')
  })

  it('hands a failure to those who wait, and to whoever asks soon where the failed read says so', async () => {
    const { one, other, third, clock, lease } = await processes(3)
    const slow = held<string>()
    const options = { errorTtl: '5s' } as const
    const first = one.getOrSet('a', slow.loader, options)
    await turns()
    const waiting = other.getOrSet('a', () => 'not asked', options)
    await turns()
    slow.failures[0]?.(new RangeError('down'))
    await expect(first).rejects.toThrow(new RangeError('down'))
    await expect(waiting).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_LOAD_FAILED',
      message: 'The load of "a" failed in another process: down',
    })
    expect(lease()).toBe('!down')
    await expect(third.getOrSet('a', () => 'not asked', options)).rejects.toThrow('failed in another process: down')
    clock.advance(5001)
    await turns()
    expect(await third.getOrSet('a', () => 'asked', options)).toBe('asked')
  })

  it('is taken over from a load that began before an invalidation', async () => {
    const { one, other } = await processes(2)
    const slow = held<string>()
    const old = one.getOrSet('a', slow.loader)
    await turns()
    await other.invalidate({ keys: ['a'] })
    expect(await other.getOrSet('a', () => 'new')).toBe('new')
    slow.calls[0]?.('old')
    expect(await old).toBe('old')
    await turns()
    expect(await other.getOrSet('a', () => 'not asked')).toBe('new')
  })

  it('is taken over when a clock that was set back would keep it, and waited for when it is only long', async () => {
    const { one, other, clock, server } = await processes(2)
    const epoch = server.keyspace.hash('hf:{test}:head')?.get('@epoch') ?? ''
    const leave = (lifeMs: number): void =>
      server.write({
        op: 'set',
        key: 'hf:test:l:{a}',
        bytes: Buffer.from(`dead ${epoch} 9999999999999999`),
        goneAtMs: server.nowMs + lifeMs,
      })
    leave(4001)
    expect(await one.getOrSet('a', () => 'loaded')).toBe('loaded')
    await other.invalidate({ keys: ['a'] })
    leave(4000)
    const waiting = other.getOrSet('a', () => 'after the wait')
    await turns()
    expect(await Promise.race([waiting, turns().then(() => 'waits')])).toBe('waits')
    clock.advance(2000)
    await turns()
    clock.advance(2000)
    await turns()
    expect(await waiting).toBe('after the wait')
  })

  it('is not asked for where there is none', async () => {
    const fleet = modelFleet()
    const { cache } = fleet.join({ lease: false })
    await cache.getOrSet('a', () => 1)
    await turns()
    expect(fleet.asked.filter((command) => command.startsWith('lease.'))).toEqual([])
    expect(fleet.server.get('hf:test:e:{a}')).not.toBeNull()
  })

  it('is no use to a process that hears a message of another version', async () => {
    const { one, other, server } = await processes(2)
    const slow = held<string>()
    const first = one.getOrSet('a', slow.loader)
    await turns()
    const waiting = other.getOrSet('a', slow.loader)
    await turns()
    for (const message of ['nonsense', 'null', '{"key":"a"}', '{"outcome":"done"}', '7']) {
      server.publish('hf:test:loads', message)
    }
    await turns()
    slow.calls[0]?.('once')
    expect(await Promise.all([first, waiting])).toEqual(['once', 'once'])
  })
})
