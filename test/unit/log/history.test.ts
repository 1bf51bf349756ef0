import { describe, expect, it } from 'vitest'

import { targetsOf } from '../../../src/keys/target.ts'
import { readHistory } from '../../../src/log/history.ts'
import type { RedisCommands, StreamEntry } from '../../../src/redis/redis.ts'

const record = (position: number, kind: string, targets: unknown): StreamEntry => [
  `${position}-0`,
  [
    'epoch',
    'e',
    'prev',
    '1',
    'kind',
    kind,
    'targets',
    JSON.stringify(targets),
    'id',
    `i${position}`,
    'by',
    'ada',
    'reason',
    'r',
  ],
]

function redisWith(entries: readonly StreamEntry[]): RedisCommands {
  return { run: async () => entries } as unknown as RedisCommands
}

const idsFor = async (entries: readonly StreamEntry[]): Promise<string[]> =>
  (await readHistory(redisWith(entries), 'log', targetsOf('a:b', ['t']))).map(({ id }) => id)

describe('the history of a key', () => {
  it('has what reaches it by itself, by a prefix, by a tag, by a glob, and everything', async () => {
    const reaching = [['k:a:b'], ['x', 'p:a:'], ['t:t'], ['g:?:b']].map((targets, at) =>
      record(at + 2, 'mark', targets),
    )
    expect(await idsFor([...reaching, record(9, 'all', [])])).toEqual(['i2', 'i3', 'i4', 'i5', 'i9'])
    const others = [['k:b'], ['p:b:'], ['t:u'], ['g:?:c']].map((targets, at) => record(at + 2, 'mark', targets))
    expect(await idsFor(others)).toEqual([])
  })

  it('says who, when and why, and leaves out what is no invalidation', async () => {
    const entries: StreamEntry[] = [
      record(1_800_000_000_000_000, 'mark', ['k:a:b']),
      record(3, 'fold', 2),
      record(4, 'later', []),
    ]
    expect(await readHistory(redisWith(entries), 'log', targetsOf('a:b', []))).toEqual([
      {
        id: 'i1800000000000000',
        atMs: 1_800_000_000_000,
        position: 1_800_000_000_000_000,
        targets: ['k:a:b'],
        by: 'ada',
        reason: 'r',
      },
    ])
  })
})
