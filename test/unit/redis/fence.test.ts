import { describe, expect, it } from 'vitest'

import { judgeFence, type FenceFacts } from '../../../src/redis/fence.ts'

const fenced: FenceFacts = { kind: 'sentinel', replicas: 2, minReplicas: 1, maxLagMs: 2000, downAfterMs: 5000 }
const why = (facts: Partial<FenceFacts>) => {
  const judged = judgeFence({ ...fenced, ...facts })
  return judged.bound === 'held' ? 'held' : judged.why
}

describe('the fence', () => {
  it('holds with enough replicas and enough time', () => {
    expect(why({})).toBe('held')
    expect(why({ replicas: 4, minReplicas: 2 })).toBe('held')
  })

  it('is not needed where nothing can be promoted, and is built into a cluster', () => {
    expect(judgeFence({ kind: 'standalone', replicas: 0 })).toEqual({ bound: 'held' })
    expect(judgeFence({ kind: 'cluster', replicas: 1 })).toEqual({ bound: 'held' })
  })

  it('needs half of the replicas, rounded up', () => {
    expect(why({ minReplicas: 0 })).toMatch(/min-replicas-to-write is 0 .* with 2 replicas set 1 and 2/)
    expect(why({ replicas: 3 })).toMatch(/with 3 replicas set 2/)
    expect(why({ maxLagMs: 0 })).toMatch(/min-replicas-max-lag 0/)
  })

  it('needs the old primary to notice before another one is promoted', () => {
    expect(why({ downAfterMs: 3500 })).toBe('held')
    expect(why({ downAfterMs: 3499 })).toMatch(/notices after about 3500 ms, .* promoted after 3499 ms/)
    expect(why({ kind: 'standalone', maxLagMs: 10_000 })).toMatch(/after about 11500 ms, .* promoted after 5000 ms/)
  })

  it('is unknown where it cannot be asked for', () => {
    const { minReplicas: _min, maxLagMs: _lag, ...unasked } = fenced
    expect(judgeFence(unasked)).toMatchObject({
      bound: 'unfenced',
      why: expect.stringMatching(/^unknown: .*config\|get/),
    })
    const { downAfterMs: _down, ...unwatched } = fenced
    expect(judgeFence(unwatched)).toMatchObject({
      bound: 'unfenced',
      why: expect.stringMatching(/^unknown: no sentinel/),
    })
  })
})
