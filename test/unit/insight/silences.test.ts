import { describe, expect, it } from 'vitest'

import { systemRandom } from '../../../src/base/random.ts'
import { createSilences } from '../../../src/insight/silences.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { turn } from '../../support/memory-cache.ts'

describe('a silence', () => {
  const note = { by: 'alice', reason: 'moving' }

  it('ends by itself', () => {
    const clock = fakeClock(0)
    const silences = createSilences({ clock, random: systemRandom, redis: undefined, namespace: 'test' })
    silences.add({ rule: 'A', untilMs: 1000, ...note })
    expect([silences.covers('A'), silences.covers('B')]).toEqual([true, false])
    clock.advance(1000)
    expect(silences.covers('A')).toBe(false)
    expect(silences.list()).toEqual([])
  })

  it('may cover every rule, and be taken back', () => {
    const silences = createSilences({ clock: fakeClock(0), random: systemRandom, redis: undefined, namespace: 'test' })
    const { id } = silences.add({ rule: '*', untilMs: 1000, ...note })
    expect(silences.covers('B')).toBe(true)
    expect(silences.remove(id)).toBe(true)
    expect(silences.remove(id)).toBe(false)
    expect(silences.covers('B')).toBe(false)
  })

  it('that is added or lifted while Redis answers is told with the next question', async () => {
    const answers: ((reply: string[]) => void)[] = []
    const asked: (readonly unknown[])[] = []
    const run = (_script: unknown, _keys: unknown, args: readonly unknown[]) =>
      new Promise<string[]>((resolve) => {
        asked.push(args)
        answers.push(resolve)
      })
    const silences = createSilences({ clock: fakeClock(0), random: systemRandom, redis: { run }, namespace: 'test' })
    const first = silences.refresh()
    await turn()
    const { id } = silences.add({ rule: 'A', untilMs: 1000, ...note })
    answers[0]?.([])
    await first
    expect(silences.covers('A')).toBe(true)
    await turn()
    expect(asked[1]).toEqual([id, expect.stringContaining('"rule":"A"'), 1000])
  })
})
