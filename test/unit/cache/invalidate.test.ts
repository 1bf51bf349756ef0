import { describe, expect, it } from 'vitest'

import { invalidate } from '../../../src/cache/invalidate.ts'
import type { ResolvedTargets, Target } from '../../../src/keys/target.ts'
import type { InvalidationLog } from '../../../src/log/log.ts'

/** A log that only counts what it is given, and acknowledges what it is told to. */
function logThat(acknowledges: (call: number) => boolean) {
  const given: ResolvedTargets[] = []
  const log = {
    invalidate: async (targets: ResolvedTargets) => {
      given.push(targets)
      const acknowledged = acknowledges(given.length)
      return { id: `id${given.length}`, acknowledged, queued: !acknowledged }
    },
  } as unknown as InvalidationLog
  return { log, given }
}

const keys = (count: number): Target[] => Array.from({ length: count }, (_, index): Target => `k:${index}`)
const all = () => true

describe('an invalidation', () => {
  it('is one record up to a thousand targets, and as many as it needs past that', async () => {
    const { log, given } = logThat(all)
    for (const count of [1000, 1001, 2000]) await invalidate(log, keys(count), {})
    expect(given.map((targets) => targets.length)).toEqual([1000, 1000, 1, 1000, 1000])
    expect(given.slice(1, 3).flat()).toEqual(keys(1001))
    await invalidate(log, 'all', {})
    expect(given.at(-1)).toBe('all')
  })

  it('is known by its first record, and acknowledged when every one of them is', async () => {
    const lost = logThat((call) => call !== 2)
    expect(await invalidate(lost.log, keys(2500), {})).toEqual({ id: 'id1', acknowledged: false, queued: true })
    expect(await invalidate(logThat(all).log, keys(2500), {})).toEqual({
      id: 'id1',
      acknowledged: true,
      queued: false,
    })
  })

  it('of nothing is a mistake that is told', async () => {
    const { log, given } = logThat(all)
    await expect(invalidate(log, [], {})).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_KEY',
      message: 'invalidate() got nothing to invalidate: give keys, tags, a pattern, or all: true',
    })
    expect(given).toEqual([])
  })
})
