import { describe, expect, it } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import { StoreError } from '../../../src/base/errors.ts'
import type { HoldfastEvent } from '../../../src/base/events.ts'
import { guardedStore } from '../../../src/store/guarded-store.ts'
import type { RedisStore } from '../../../src/store/redis-store.ts'

function guarded(store: Partial<RedisStore>) {
  const events = createEmitter<HoldfastEvent>()
  const told: HoldfastEvent[] = []
  events.on((event) => told.push(event))
  return { store: guardedStore(store as RedisStore, events), told }
}

const stamp = { epoch: 'abcdefghijk', position: 1 }
const entry = Buffer.from('entry')

describe('the guarded store', () => {
  it('tells an entry that is there from one that is not', async () => {
    expect(await guarded({ get: async () => entry }).store.get('a')).toEqual({ state: 'found', bytes: entry })
    expect(await guarded({ get: async () => null }).store.get('a')).toEqual({ state: 'absent' })
  })

  it('passes on how a fill and a lease ended', async () => {
    for (const outcome of ['stored', 'newer-kept', 'lease-lost'] as const) {
      expect(await guarded({ fill: async () => outcome }).store.fill('a', entry, 1)).toBe(outcome)
    }
    const mine = { state: 'mine', value: 'v' } as const
    expect(
      await guarded({ acquire: async () => mine }).store.acquire({ key: 'a', token: 't', stamp, lifeMs: 1, seen: '' }),
    ).toEqual(mine)
    expect(await guarded({ renew: async () => true }).store.renew('a', 'v', 1)).toBe(true)
    expect(await guarded({ renew: async () => false }).store.renew('a', 'v', 1)).toBe(false)
  })

  it('answers "unavailable", not "absent", when Redis fails, and tells each failure once', async () => {
    const away = new StoreError('connection', 'away')
    const fails = (): Promise<never> => Promise.reject(away)
    const { store, told } = guarded({ get: fails, fill: fails, acquire: fails, renew: fails, giveBack: fails })
    expect(await store.get('a')).toEqual({ state: 'unavailable' })
    expect(await store.fill('a', entry, 1)).toBe('unavailable')
    expect(await store.acquire({ key: 'a', token: 't', stamp, lifeMs: 1, seen: '' })).toEqual({ state: 'unavailable' })
    expect(await store.renew('a', 'v', 1)).toBe(false)
    await store.giveBack('a', 'v', { key: 'a', outcome: 'filled' }, 0)
    const error = (operation: string) => ({ type: 'error', operation, error: away })
    expect(told).toEqual(['get', 'fill', 'lease', 'lease', 'lease'].map(error))
  })

  it('lets a bug through', async () => {
    const { store, told } = guarded({ get: () => Promise.reject(new TypeError('a bug')) })
    await expect(store.get('a')).rejects.toThrow(new TypeError('a bug'))
    expect(told).toEqual([])
  })
})
