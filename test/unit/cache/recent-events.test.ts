import { describe, expect, it } from 'vitest'

import { createRecentEvents } from '../../../src/cache/recent-events.ts'
import type { HoldfastEvent } from '../../../src/index.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const fill = (key: string, bytes: number): HoldfastEvent => ({
  type: 'fill',
  key,
  outcome: 'stored',
  trigger: 'miss',
  bytes,
})

describe('recent events', () => {
  it('are those of the key, newest first, and only the last ones are kept', () => {
    const clock = fakeClock(1000)
    const recent = createRecentEvents(clock, 3)
    for (const [index, key] of ['a', 'a', 'b', 'a'].entries()) {
      recent.note(fill(key, index))
      clock.advance(1)
    }
    expect(recent.of('a')).toEqual([
      { atMs: 1003, event: fill('a', 3) },
      { atMs: 1001, event: fill('a', 1) },
    ])
    expect(recent.of('b')).toHaveLength(1)
    expect(recent.of('c')).toEqual([])
  })

  it('leave out hits, and what is of no key', () => {
    const recent = createRecentEvents(fakeClock())
    recent.note({ type: 'read', key: 'a', result: 'hit', tier: 'l1', durationMs: 0 })
    recent.note({ type: 'invalidation', id: 'i', kinds: ['key'], acknowledged: true })
    recent.note({ type: 'read', key: 'a', result: 'miss', tier: 'none', durationMs: 0 })
    expect(recent.of('a').map(({ event }) => event.type)).toEqual(['read'])
  })
})
