import { describe, expect, it } from 'vitest'

import { ClosedError, StoreTimeoutError } from '../../../src/base/errors.ts'
import { createHotKeyStore } from '../../../src/store/hot-key-store.ts'

const options = { halfLifeMs: 1000, keep: 10, ttlMs: 1000 }

function holding(text: string | Error) {
  const answer = <T>(value: T): Promise<T> => (typeof text === 'string' ? Promise.resolve(value) : Promise.reject(text))
  return createHotKeyStore({ get: () => answer(Buffer.from(String(text))), run: () => answer(1) }, 'hot', options)
}

describe('the store of hot keys', () => {
  it('reads what a save wrote', async () => {
    expect(await holding('{"at":1,"heat":[["a",2.5],["b",1]]}').read()).toEqual([
      ['a', 2.5],
      ['b', 1],
    ])
  })

  it.each(['', 'no JSON', '{}', 'null', '{"heat":{}}', '{"heat":[[1,"a"],null,["a"]]}'])(
    'finds nothing in %j',
    async (text) => {
      expect(await holding(text).read()).toEqual([])
    },
  )

  it.each([new StoreTimeoutError('late'), new ClosedError('closed')])('does without Redis: %s', async (error) => {
    expect([await holding(error).read(), await holding(error).add([['a', 1]])]).toEqual([[], 'unavailable'])
  })

  it('hands on what is no failure of Redis', async () => {
    await expect(holding(new TypeError('a bug')).read()).rejects.toThrow('a bug')
    await expect(holding(new TypeError('a bug')).add([['a', 1]])).rejects.toThrow('a bug')
  })
})
