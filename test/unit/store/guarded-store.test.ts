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

const away = new StoreError('connection', 'away')

describe('the guarded store', () => {
  it('tells an entry that is there from one that is not', async () => {
    const bytes = Buffer.from('entry')
    expect(await guarded({ get: async () => bytes }).store.get('a')).toEqual({ state: 'found', bytes })
    expect(await guarded({ get: async () => null }).store.get('a')).toEqual({ state: 'absent' })
  })

  it('tells an entry that was written from one that gave way to a younger one', async () => {
    expect(await guarded({ fill: async () => 'stored' }).store.fill('a', Buffer.alloc(0), 1)).toBe('stored')
    expect(await guarded({ fill: async () => 'newer-kept' }).store.fill('a', Buffer.alloc(0), 1)).toBe('newer-kept')
  })

  it('answers "unavailable", not "absent", when Redis fails, and tells it once', async () => {
    const { store, told } = guarded({ get: () => Promise.reject(away), fill: () => Promise.reject(away) })
    expect(await store.get('a')).toEqual({ state: 'unavailable' })
    expect(await store.fill('a', Buffer.alloc(0), 1)).toBe('unavailable')
    expect(told).toEqual([
      { type: 'error', operation: 'get', error: away },
      { type: 'error', operation: 'fill', error: away },
    ])
  })

  it('lets a bug through', async () => {
    const { store, told } = guarded({ get: () => Promise.reject(new TypeError('a bug')) })
    await expect(store.get('a')).rejects.toThrow(new TypeError('a bug'))
    expect(told).toEqual([])
  })

  it('answers a lease that Redis cannot be asked for as unavailable, and one it does not confirm as lost', async () => {
    const fails = () => Promise.reject(away)
    const { store, told } = guarded({ acquire: fails, renew: fails, giveBack: fails })
    expect(await store.acquire('a', 't', { epoch: 'e', position: 1 }, 1)).toEqual({ state: 'unavailable' })
    expect(await store.renew('a', 't', 1)).toBe(false)
    await store.giveBack('a', 't', { key: 'a', outcome: 'filled' })
    expect(told).toHaveLength(3)
  })
})
