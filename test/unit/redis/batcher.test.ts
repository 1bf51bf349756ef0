import { describe, expect, it } from 'vitest'

import { createBatcher } from '../../../src/redis/batcher.ts'

/** A batcher over a map, whose turns of the event loop end when the test says so. */
function batching(stored: Readonly<Record<string, string>> = {}) {
  const sent: (readonly string[])[] = []
  let deferred: (() => void)[] = []
  const get = createBatcher({
    getMany: async (keys) => {
      sent.push(keys)
      return keys.map((key) => (Object.hasOwn(stored, key) ? Buffer.from(stored[key] ?? '') : null))
    },
    defer: (task) => deferred.push(task),
  })
  const endTurn = (): void => {
    const tasks = deferred
    deferred = []
    for (const task of tasks) task()
  }
  return { get, sent, endTurn }
}

describe('reads of one turn', () => {
  it('leave together, and each gets its own answer', async () => {
    const { get, sent, endTurn } = batching({ a: 'A', c: 'C' })
    const answers = Promise.all([get('a'), get('b'), get('c')])
    expect(sent).toEqual([])
    endTurn()
    expect(await answers).toEqual([Buffer.from('A'), null, Buffer.from('C')])
    expect(sent).toEqual([['a', 'b', 'c']])
  })

  it('ask for a key once, however many want it', async () => {
    const { get, sent, endTurn } = batching({ a: 'A' })
    const answers = Promise.all([get('a'), get('b'), get('a'), get('a')])
    endTurn()
    expect(await answers).toEqual([Buffer.from('A'), null, Buffer.from('A'), Buffer.from('A')])
    expect(sent).toEqual([['a', 'b']])
  })

  it('leave in batches of at most 256 keys, so that none holds Redis up', async () => {
    const { get, sent, endTurn } = batching({ 'key 599': 'last' })
    const answers = Promise.all(Array.from({ length: 600 }, (_, index) => get(`key ${index}`)))
    endTurn()
    expect((await answers).at(-1)).toEqual(Buffer.from('last'))
    expect(sent.map((keys) => keys.length)).toEqual([256, 256, 88])
    expect(new Set(sent.flat()).size).toBe(600)
  })

  it('are not joined by those of the next turn', async () => {
    const { get, sent, endTurn } = batching()
    const first = get('a')
    endTurn()
    const second = get('a')
    endTurn()
    await Promise.all([first, second])
    expect(sent).toEqual([['a'], ['a']])
  })

  it('fail together, and only those of their batch', async () => {
    const failure = new Error('away')
    let calls = 0
    let flush = (): void => undefined
    const get = createBatcher({
      getMany: (keys) => ((calls += 1) === 1 ? Promise.reject(failure) : Promise.resolve(keys.map(() => null))),
      defer: (task) => (flush = task),
    })
    const answers = Promise.allSettled(Array.from({ length: 257 }, (_, index) => get(`key ${index}`)))
    flush()
    const settled = await answers
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(256)
    expect(settled[0]).toEqual({ status: 'rejected', reason: failure })
    expect(settled[256]).toEqual({ status: 'fulfilled', value: null })
  })

  it('give null for an answer that is missing', async () => {
    let flush = (): void => undefined
    const get = createBatcher({ getMany: async () => [], defer: (task) => (flush = task) })
    const answer = get('a')
    flush()
    expect(await answer).toBeNull()
  })
})
