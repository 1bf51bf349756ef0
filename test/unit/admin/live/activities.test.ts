import { expect, it } from 'vitest'

import { createActivities } from '../../../../src/admin/live/activities.ts'
import { StoreError } from '../../../../src/index.ts'
import { fakeClock } from '../../../support/fake-clock.ts'

it('says in words what happened, newest first, and leaves out what happens all the time', () => {
  const { ofCache, ofRedis, list } = createActivities(fakeClock())
  ofCache({ type: 'read', key: 'a', result: 'hit', tier: 'l2', durationMs: 1 })
  ofCache({ type: 'invalidation', id: 'i', kinds: ['key', 'tag'], acknowledged: true, reason: 'a price' })
  ofCache({ type: 'switch', enabled: false, by: 'ada', reason: 'a drill' })
  ofRedis({ type: 'breaker', from: 'closed', to: 'open' })
  ofRedis({ type: 'command-failed', operation: 'MGET', failure: 'timeout', why: 'slow' })
  expect(list().map(({ id, level, text }) => [id, level, text])).toEqual([
    [3, 'warning', 'The breaker went from closed to open'],
    [2, 'warning', 'Caching was switched off by ada: a drill'],
    [1, 'info', 'Invalidated by key and tag: a price'],
  ])
})

it('tells a flood once, and how much of it was not told', () => {
  const clock = fakeClock()
  const { ofCache, list } = createActivities(clock)
  const error = new StoreError('timeout', 'no answer')
  for (let time = 0; time < 100; time += 1) ofCache({ type: 'error', operation: 'get', error })
  expect(list()).toHaveLength(1)
  clock.advance(5000)
  ofCache({ type: 'error', operation: 'get', error })
  expect(list()[0]?.text).toBe('get failed: ERR_HOLDFAST_STORE (and 99 more like it)')
})

it('keeps the last fifty, and knows which came after one', () => {
  const { add, list, since } = createActivities(fakeClock())
  for (let time = 0; time < 60; time += 1) add({ level: 'info', kind: 'admin', text: String(time) })
  expect([list().length, list()[0]?.id, list().at(-1)?.id]).toEqual([50, 60, 11])
  expect(since(58).map(({ id }) => id)).toEqual([59, 60])
})
