import { describe, expect, it } from 'vitest'

import { createReplication, type Acknowledge } from '../../../src/log/replication.ts'
import type { RedisCommands, Script } from '../../../src/redis/redis.ts'

const script: Script = { name: 'x', lua: '' }

function replicating(acknowledge: Acknowledge) {
  const asked: (number | 'plain')[] = []
  const redis = {
    run: async () => asked.push('plain'),
    runReplicated: async (_script, _keys, _args, replicas) => asked.push(replicas),
  } satisfies Partial<RedisCommands> as unknown as RedisCommands
  return { replication: createReplication(redis, acknowledge), asked }
}

describe('how many replicas must have it', () => {
  it('is none by default, and then nothing is waited for', async () => {
    const { replication, asked } = replicating('primary')
    replication.saw(2)
    await replication.run(script, ['k'], [])
    expect([asked, replication.needed()]).toEqual([['plain'], 0])
  })

  it.each([
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
  ])('is, of %i, %i: half, rounded up, and never none', (seen, needed) => {
    const { replication } = replicating('replicated')
    replication.saw(seen)
    expect(replication.needed()).toBe(needed)
  })

  it('does not fall when replicas are missing, which may be with another primary', () => {
    const { replication } = replicating('replicated')
    replication.saw(4)
    replication.saw(0)
    expect(replication.needed()).toBe(2)
  })

  it('may be given, for all or for one', async () => {
    const { replication, asked } = replicating({ replicas: 3 })
    await replication.run(script, ['k'], [])
    await replication.run(script, ['k'], [], 'replicated')
    await replication.run(script, ['k'], [], 'primary')
    const one = replicating('primary')
    await one.replication.run(script, ['k'], [], 'replicated')
    expect([asked, one.asked]).toEqual([[3, 3, 'plain'], [1]])
  })
})
