import { describe, expect, it } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import { systemRandom } from '../../../src/base/random.ts'
import type { HoldfastEvent } from '../../../src/base/events.ts'
import { createLocalLog } from '../../../src/log/local-log.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const localLog = () =>
  createLocalLog({ clock: fakeClock(), random: systemRandom, events: createEmitter<HoldfastEvent>() })

describe('the log of a cache without Redis', () => {
  it('follows the same rule', async () => {
    const log = localLog()
    const entry = { key: 'a:1', tags: ['t'], stamp: log.stamp() }
    expect(log.judge(entry)).toBe('fresh')
    await log.invalidate(['t:other', 'k:a'], {})
    expect(log.judge(entry)).toBe('fresh')
    expect(await log.invalidate(['p:a:'], {})).toMatchObject({ acknowledged: true, queued: false })
    expect(log.judge(entry)).toBe('invalidated')
    expect(log.judge({ ...entry, stamp: log.stamp() })).toBe('fresh')
  })

  it('has a switch of its own, told when it changes', async () => {
    const events = createEmitter<HoldfastEvent>()
    const told: HoldfastEvent[] = []
    events.on((event) => told.push(event))
    const log = createLocalLog({ clock: fakeClock(), random: systemRandom, events })
    expect(log.enabled()).toBe(true)
    expect(await log.switchTo(false, { by: 'ann' })).toEqual({ acknowledged: true })
    await log.switchTo(false, {})
    expect(log.enabled()).toBe(false)
    expect(told).toEqual([{ type: 'switch', enabled: false, by: 'ann', reason: '' }])
  })

  it('gives a value to be set a stamp that is younger than the invalidation it makes', async () => {
    const log = localLog()
    const before = { key: 'a', tags: [], stamp: log.stamp() }
    const { stamp } = await log.supersede('a', [], before.stamp, {})
    expect(log.judge(before)).toBe('invalidated')
    expect(log.judge({ ...before, stamp })).toBe('fresh')
  })

  it('tells each invalidation, with who made it and why where that was said', async () => {
    const events = createEmitter<HoldfastEvent>()
    const told: HoldfastEvent[] = []
    events.on((event) => told.push(event))
    const log = createLocalLog({ clock: fakeClock(), random: { ...systemRandom, id: () => 'an id' }, events })
    expect(await log.invalidate(['t:a', 'k:b'], {})).toEqual({ id: 'an id', acknowledged: true, queued: false })
    await log.invalidate('all', { by: 'ann', reason: 'a try' })
    expect(told).toEqual([
      { type: 'invalidation', id: 'an id', kinds: ['tag', 'key'], acknowledged: true },
      { type: 'invalidation', id: 'an id', kinds: ['all'], acknowledged: true, by: 'ann', reason: 'a try' },
    ])
  })

  it('has always heard everything, keeps no records, and has nothing to fold, sweep or fail over', async () => {
    const log = localLog()
    await log.started
    await log.invalidate(['t:a'], {})
    expect([log.standing(), log.heardMsAgo(), log.bound()]).toEqual(['heard', 0, { bound: 'held' }])
    expect([await log.history('a', []), await log.fold(), await log.sweep(), await log.hear()]).toEqual([
      [],
      false,
      false,
      undefined,
    ])
    expect(log.inspect()).toEqual({
      state: 'ready',
      epoch: 'memory-only',
      applied: 1,
      floor: 0,
      marks: 1,
      pending: 0,
      heardMsAgo: 0,
    })
  })

  it('says what speaks against an entry; of one that was never stamped, nothing is known', async () => {
    const log = localLog()
    const entry = { key: 'a', tags: ['t'], stamp: log.stamp() }
    await log.invalidate(['t:t'], {})
    expect(log.against(entry)).toEqual([{ kind: 'mark', target: 't:t', position: 1 }])
    expect(log.against({ ...entry, stamp: undefined })).toEqual([])
    expect(log.judge({ ...entry, stamp: undefined })).toBe('invalidated')
    expect([log.judge(entry), log.judge({ ...entry, stamp: log.stamp() })]).toEqual(['invalidated', 'fresh'])
  })

  it('knows what it invalidated since a moment', async () => {
    const log = localLog()
    const before = log.now()
    await log.invalidate('all', {})
    expect(log.ownSince(before, 'a', [])).toBe(true)
    expect(log.ownSince(log.now(), 'a', [])).toBe(false)
  })
})
