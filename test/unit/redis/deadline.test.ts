import { describe, expect, it } from 'vitest'

import { createDeadlines } from '../../../src/redis/deadline.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const ADDRESS = 'redis://cache:6379/0'

describe('a deadline', () => {
  it('rejects when the work has not ended by then, whatever it does', async () => {
    const clock = fakeClock()
    const result = createDeadlines(clock, ADDRESS)('MGET', 250, () => new Promise<never>(() => undefined))
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
    const result = createDeadlines(clock, ADDRESS)('GET', 250, () => answer.promise)
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
    const result = createDeadlines(stalled, ADDRESS)('GET', 250, () => answer.promise)
    turns[0]?.()
    answer.resolve('was there')
    expect(await result).toBe('was there')
    expect(turns).toHaveLength(2)
  })

  it('fails as the work fails, also when that is late', async () => {
    const clock = fakeClock()
    const failure = new Error('refused')
    await expect(createDeadlines(clock, ADDRESS)('GET', 250, () => Promise.reject(failure))).rejects.toBe(failure)

    const answer = Promise.withResolvers<string>()
    const late = createDeadlines(clock, ADDRESS)('GET', 250, () => answer.promise)
    clock.advance(250)
    answer.reject(failure)
    await expect(late).rejects.toHaveProperty('code', 'ERR_HOLDFAST_STORE_TIMEOUT')
  })

  it('is kept for each of many calls by itself, in whatever order they end', async () => {
    const clock = fakeClock()
    const within = createDeadlines(clock, ADDRESS)
    const answers = [0, 1, 2, 3].map(() => Promise.withResolvers<number>())
    const ends: string[] = []
    const calls = answers.map(async ({ promise }, index) => {
      const call = within(`call ${index}`, 250, () => promise)
      clock.advance(50)
      await call.then(
        (answer) => ends.push(`${index} answered ${answer}`),
        () => ends.push(`${index} late`),
      )
    })
    answers[0]?.resolve(7)
    answers[2]?.resolve(9)
    await Promise.all([calls[0], calls[2]])
    // 200 ms have passed: the second is due at 300, the fourth at 400.
    clock.advance(99)
    await Promise.resolve()
    expect(ends).toEqual(['0 answered 7', '2 answered 9'])
    clock.advance(1)
    await calls[1]
    expect(ends.at(-1)).toBe('1 late')
    clock.advance(99)
    answers[3]?.resolve(5)
    await calls[3]
    expect(ends.at(-1)).toBe('3 answered 5')
  })

  it('is kept after a pause in which nothing was asked, and beside others of another length', async () => {
    const clock = fakeClock()
    const within = createDeadlines(clock, ADDRESS)
    await within('GET', 250, () => Promise.resolve(1))
    clock.advance(10_000)
    const short = within('GET', 250, () => new Promise<never>(() => undefined))
    const long = within('INFO', 4000, () => new Promise<never>(() => undefined))
    const settled: string[] = []
    short.catch(() => settled.push('short'))
    long.catch(() => settled.push('long'))
    clock.advance(249)
    await Promise.resolve()
    expect(settled).toEqual([])
    clock.advance(1)
    await expect(short).rejects.toThrow('did not answer GET within 250 ms')
    clock.advance(3750)
    await expect(long).rejects.toThrow('did not answer INFO within 4000 ms')
  })

  it('leaves no timer behind that goes on', async () => {
    let timers = 0
    const clock = fakeClock()
    const counting = {
      ...clock,
      after: (ms: number, task: () => void) => {
        timers += 1
        return clock.after(ms, () => {
          timers -= 1
          task()
        })
      },
    }
    const within = createDeadlines(counting, ADDRESS)
    for (let call = 0; call < 1000; call += 1) await within('GET', 250, () => Promise.resolve(call))
    expect(timers).toBe(1)
    clock.advance(250)
    expect(timers).toBe(0)
  })

  it('waits at least a millisecond when a timer came before the clock says so', async () => {
    const delays: number[] = []
    const tasks: (() => void)[] = []
    let monoMs = 0
    const early = {
      wallMs: () => 0,
      monoMs: () => monoMs,
      after(delayMs: number, task: () => void) {
        delays.push(delayMs)
        tasks.push(task)
        return () => undefined
      },
    }
    void createDeadlines(early, ADDRESS)('GET', 250, () => new Promise<never>(() => undefined)).catch(() => undefined)
    monoMs = 249.99999
    tasks[0]?.()
    expect(delays).toEqual([250, 1])
  })
})
