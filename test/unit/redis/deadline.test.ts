import { describe, expect, it } from 'vitest'

import { withDeadline } from '../../../src/redis/deadline.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const ADDRESS = 'redis://cache:6379/0'

describe('a deadline', () => {
  it('rejects when the work has not ended by then, whatever it does', async () => {
    const clock = fakeClock()
    const result = withDeadline(clock, 'MGET', 250, ADDRESS, () => new Promise<never>(() => undefined))
    clock.advance(250)
    await expect(result).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_STORE_TIMEOUT',
      failure: 'timeout',
      message: `Redis at ${ADDRESS} did not answer MGET within 250 ms`,
    })
  })

  it('gives the answer of work that ends in time, and drops its timer', async () => {
    const clock = fakeClock()
    const answer = Promise.withResolvers<string>()
    const result = withDeadline(clock, 'GET', 250, ADDRESS, () => answer.promise)
    clock.advance(249)
    answer.resolve('in time')
    expect(await result).toBe('in time')
    clock.advance(1000)
    expect(await result).toBe('in time')
  })

  it('gives an answer that lay unread while this process stalled, since timers run before sockets are read', async () => {
    const turns: (() => void)[] = []
    const stalled = { ...fakeClock(), after: (_ms: number, task: () => void) => (turns.push(task), () => undefined) }
    const answer = Promise.withResolvers<string>()
    const result = withDeadline(stalled, 'GET', 250, ADDRESS, () => answer.promise)
    turns[0]?.()
    answer.resolve('was there')
    expect(await result).toBe('was there')
    expect(turns).toHaveLength(2)
  })

  it('fails as the work fails, also when that is late', async () => {
    const clock = fakeClock()
    const failure = new Error('refused')
    await expect(withDeadline(clock, 'GET', 250, ADDRESS, () => Promise.reject(failure))).rejects.toBe(failure)

    const answer = Promise.withResolvers<string>()
    const late = withDeadline(clock, 'GET', 250, ADDRESS, () => answer.promise)
    clock.advance(250)
    answer.reject(failure)
    await expect(late).rejects.toHaveProperty('code', 'ERR_HOLDFAST_STORE_TIMEOUT')
  })
})
