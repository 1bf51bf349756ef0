import { describe, expect, it } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import { StoreError, StoreTimeoutError, type FailureKind } from '../../../src/base/errors.ts'
import { createBreaker, type Breaker } from '../../../src/redis/breaker.ts'
import type { RedisEvent } from '../../../src/redis/events.ts'
import { fakeClock, type FakeClock } from '../../support/fake-clock.ts'

interface Bench {
  readonly breaker: Breaker
  readonly clock: FakeClock
  /** The changes told, each as "from → to". */
  readonly told: string[]
  readonly answer: (times?: number) => Promise<void>
  readonly fail: (times?: number, error?: Error) => Promise<void>
}

function bench(): Bench {
  const clock = fakeClock()
  const events = createEmitter<RedisEvent>()
  const told: string[] = []
  events.on((event) => {
    if (event.type === 'breaker') told.push(`${event.from} → ${event.to}`)
  })
  const options = { failureRatio: 0.5, minimumCalls: 4, windowMs: 10_000, openMs: 1000 }
  const breaker = createBreaker(options, { clock, events, address: 'redis://cache:6379/0' })
  return {
    breaker,
    clock,
    told,
    async answer(times = 1) {
      for (let call = 0; call < times; call += 1) await breaker.run(async () => 'ok')
    },
    async fail(times = 1, error = new StoreError('connection', 'away')) {
      for (let call = 0; call < times; call += 1) await breaker.run(() => Promise.reject(error)).catch(() => undefined)
    },
  }
}

const refusal = expect.objectContaining({ code: 'ERR_HOLDFAST_CIRCUIT_OPEN', failure: 'circuit-open' })

describe('a closed breaker', () => {
  it('gives what the work gives, and fails as it fails', async () => {
    const { breaker } = bench()
    const failure = new StoreError('oom', 'full')
    expect(await breaker.run(async () => 5)).toBe(5)
    await expect(breaker.run(() => Promise.reject(failure))).rejects.toBe(failure)
    expect(breaker.state).toBe('closed')
  })

  it('opens when the share of failures is reached, and not before enough calls', async () => {
    const { breaker, fail, told } = bench()
    await fail(3)
    expect(breaker.state).toBe('closed')
    await fail(1)
    expect(breaker.state).toBe('open')
    expect(told).toEqual(['closed → open'])
  })

  it('stays closed while fewer fail', async () => {
    const { breaker, answer, fail } = bench()
    await answer(6)
    await fail(5)
    expect(breaker.state).toBe('closed')
    await fail(1)
    expect(breaker.state).toBe('open')
  })

  it('forgets the failures of a window that is over', async () => {
    const { breaker, clock, fail } = bench()
    await fail(3)
    clock.advance(10_001)
    await fail(3)
    expect(breaker.state).toBe('closed')
  })

  it('counts only failures that a pause can mend', async () => {
    const counted: FailureKind[] = []
    const kinds = [
      'connection',
      'timeout',
      'loading',
      'cluster',
      'auth',
      'permission',
      'tls',
      'oom',
      'readonly',
    ] as const
    for (const kind of [...kinds, 'script', 'reply'] as const) {
      const { breaker, fail } = bench()
      await fail(4, kind === 'timeout' ? new StoreTimeoutError('late') : new StoreError(kind, 'm'))
      if (breaker.state === 'open') counted.push(kind)
    }
    expect(counted).toEqual(['connection', 'timeout', 'loading', 'cluster'])
  })

  it('does not count a bug', async () => {
    const { breaker, fail } = bench()
    await fail(10, new TypeError('a bug'))
    expect(breaker.state).toBe('closed')
  })
})

describe('an open breaker', () => {
  it('refuses without sending anything, with the address and how long', async () => {
    const { breaker, fail } = bench()
    await fail(4)
    let sent = 0
    await expect(breaker.run(async () => (sent += 1))).rejects.toEqual(refusal)
    await expect(breaker.run(async () => (sent += 1))).rejects.toThrow(
      'Redis at redis://cache:6379/0 failed repeatedly and is left alone for up to 1000 ms',
    )
    expect(sent).toBe(0)
  })

  it('is not moved by calls that began before it opened', async () => {
    const { breaker, clock, fail, told } = bench()
    const slow = Promise.withResolvers<string>()
    const begun = breaker.run(() => slow.promise)
    await fail(4)
    clock.advance(500)
    slow.resolve('late')
    expect(await begun).toBe('late')
    expect(breaker.state).toBe('open')
    expect(told).toEqual(['closed → open'])
  })

  it('lets one call through when its time is over, refuses all others meanwhile, and closes when it is answered', async () => {
    const { breaker, clock, fail, told } = bench()
    await fail(4)
    clock.advance(999)
    await expect(breaker.run(async () => 1)).rejects.toEqual(refusal)
    clock.advance(1)
    const answer = Promise.withResolvers<string>()
    const probe = breaker.run(() => answer.promise)
    expect(breaker.state).toBe('half-open')
    await expect(breaker.run(async () => 1)).rejects.toEqual(refusal)
    answer.resolve('there again')
    expect(await probe).toBe('there again')
    expect(breaker.state).toBe('closed')
    expect(told).toEqual(['closed → open', 'open → half-open', 'half-open → closed'])
  })

  it('stays open for another while when the call that was let through fails', async () => {
    const { breaker, clock, fail, told } = bench()
    await fail(4)
    clock.advance(1000)
    await fail(1)
    expect(breaker.state).toBe('open')
    clock.advance(999)
    await expect(breaker.run(async () => 1)).rejects.toEqual(refusal)
    clock.advance(1)
    expect(await breaker.run(async () => 1)).toBe(1)
    expect(told.slice(1)).toEqual(['open → half-open', 'half-open → open', 'open → half-open', 'half-open → closed'])
  })

  it('closes when the call that was let through is refused by Redis itself, which is there again', async () => {
    const { breaker, clock, fail } = bench()
    await fail(4)
    clock.advance(1000)
    await fail(1, new StoreError('oom', 'full'))
    expect(breaker.state).toBe('closed')
  })

  it('begins to count anew once it has closed', async () => {
    const { breaker, clock, answer, fail } = bench()
    await fail(4)
    clock.advance(1000)
    await answer(1)
    await fail(3)
    expect(breaker.state).toBe('closed')
  })
})

describe('work that throws at once', () => {
  it('counts as work that rejects, and ends a probe', async () => {
    const { breaker, clock, fail } = bench()
    const broken = new Error('cannot even begin')
    const throwing = (): Promise<never> => {
      throw broken
    }
    await expect(breaker.run(throwing)).rejects.toBe(broken)
    await fail(4)
    clock.advance(1000)
    await expect(breaker.run(throwing)).rejects.toBe(broken)
    expect(breaker.state).toBe('closed')
  })
})

describe('asking a breaker', () => {
  it('refuses where a call would be refused and changes nothing', async () => {
    const { breaker, clock, fail, told } = bench()
    expect(breaker.refusal()).toBeUndefined()
    await fail(4)
    expect(breaker.refusal()).toEqual(refusal)
    clock.advance(1000)
    expect(breaker.refusal()).toBeUndefined()
    expect(breaker.state).toBe('open')
    expect(told).toHaveLength(1)
  })
})
