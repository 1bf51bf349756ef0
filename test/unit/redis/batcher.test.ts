import { describe, expect, it } from 'vitest'

import { createBatcher } from '../../../src/redis/batcher.ts'

const reads = { mostWeight: 256, none: null }

/** A batcher over a map, whose turns of the event loop end when the test says so. */
function batching(stored: Readonly<Record<string, string>> = {}) {
  const sent: (readonly string[])[] = []
  let deferred: (() => void)[] = []
  const get = createBatcher<string, Buffer | null>({
    ...reads,
    sendMany: async (keys) => {
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
    const get = createBatcher<string, Buffer | null>({
      ...reads,
      sendMany: (keys) => ((calls += 1) === 1 ? Promise.reject(failure) : Promise.resolve(keys.map(() => null))),
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
    const get = createBatcher<string, Buffer | null>({
      ...reads,
      sendMany: async () => [],
      defer: (task) => (flush = task),
    })
    const answer = get('a')
    flush()
    expect(await answer).toBeNull()
  })

  it('fail alone where only one of a batch failed', async () => {
    const refused = new Error('of another type')
    let flush = (): void => undefined
    const get = createBatcher<string, Buffer | null>({
      ...reads,
      sendMany: async (keys) => keys.map((key) => (key === 'b' ? refused : null)),
      defer: (task) => (flush = task),
    })
    const answers = Promise.allSettled([get('a'), get('b'), get('c')])
    flush()
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('weigh at most what a batch may, and what is heavier goes alone', async () => {
    const sent: (readonly string[])[] = []
    let flush = (): void => undefined
    const ask = createBatcher<string, null>({
      sendMany: async (asked) => {
        sent.push(asked)
        return asked.map(() => null)
      },
      defer: (task) => (flush = task),
      mostWeight: 4,
      none: null,
      weightOf: (text) => text.length,
    })
    const answers = Promise.all(['aa', 'bb', 'c', 'ddddddd', 'e'].map(ask))
    flush()
    await answers
    expect(sent).toEqual([['aa', 'bb'], ['c'], ['ddddddd'], ['e']])
  })
})

describe('reads that come one by one', () => {
  it('leave before the turn ends when the last one was alone and has been answered', async () => {
    const { get, sent, endTurn } = batching({ a: 'A', b: 'B' })
    const first = get('a')
    expect(sent).toEqual([])
    endTurn()
    await first
    expect(await get('b')).toEqual(Buffer.from('B'))
    expect(sent).toEqual([['a'], ['b']])
  })

  it('are gathered again while one is under way, and after a batch of several', async () => {
    const { get, sent, endTurn } = batching()
    const first = get('a')
    endTurn()
    await first
    const alone = get('b')
    await Promise.resolve()
    const gathered = [get('c'), get('d')]
    await Promise.resolve()
    expect(sent).toEqual([['a'], ['b']])
    endTurn()
    await Promise.all([alone, ...gathered])
    expect(sent).toEqual([['a'], ['b'], ['c', 'd']])
    const after = get('e')
    expect(sent).toHaveLength(3)
    endTurn()
    await after
    expect(sent.at(-1)).toEqual(['e'])
  })

  it('are gathered all the same when they are asked together', async () => {
    const { get, sent, endTurn } = batching()
    const first = get('a')
    endTurn()
    await first
    await Promise.all([get('b'), get('c'), get('b')])
    expect(sent).toEqual([['a'], ['b', 'c']])
  })

  it('are gathered, not sent into it, while a lost one is under way; and leave at once after it has failed', async () => {
    const sent: (readonly string[])[] = []
    const answers = [Promise.withResolvers<readonly null[]>(), Promise.withResolvers<readonly null[]>()]
    let flush = (): void => undefined
    const get = createBatcher<string, Buffer | null>({
      ...reads,
      sendMany: (keys) => {
        sent.push(keys)
        return answers[sent.length - 1]?.promise ?? Promise.resolve([null])
      },
      defer: (task) => (flush = task),
    })
    const first = get('a')
    flush()
    const second = get('b')
    expect(sent).toEqual([['a']])
    answers[0]?.reject(new Error('away'))
    await expect(first).rejects.toThrow('away')
    flush()
    answers[1]?.resolve([null])
    await second
    expect(await get('c')).toBeNull()
    expect(sent).toEqual([['a'], ['b'], ['c']])
  })
})
