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

  it('knows what it invalidated since a moment', async () => {
    const log = localLog()
    const before = log.now()
    await log.invalidate('all', {})
    expect(log.ownSince(before, 'a', [])).toBe(true)
    expect(log.ownSince(log.now(), 'a', [])).toBe(false)
  })
})
