import { describe, expect, it } from 'vitest'

import { readAppended, readBeat, readRecord } from '../../../src/log/record.ts'

const fields = (changes: Record<string, string> = {}): string[] =>
  Object.entries({
    epoch: 'e',
    prev: '5',
    kind: 'mark',
    targets: '["k:a","t:b"]',
    id: 'x',
    by: '',
    reason: '',
    ...changes,
  }).flat()

describe('a record of the log', () => {
  it('is read from its stream entry', () => {
    expect(readRecord(['1800000000000001-0', fields()])).toEqual({
      epoch: 'e',
      position: 1_800_000_000_000_001,
      prev: 5,
      kind: 'mark',
      targets: ['k:a', 't:b'],
    })
    expect(readRecord(['7-0', fields({ kind: 'all', targets: '[]' })])).toMatchObject({ targets: 'all' })
  })

  it('may be the switch, which carries the whole of its position', () => {
    const record = readRecord([
      '7-0',
      fields({ kind: 'switch', version: '9', enabled: '0', by: 'ann', reason: 'drill' }),
    ])
    expect(record).toMatchObject({
      kind: 'switch',
      prev: 5,
      state: { version: 9, enabled: false, by: 'ann', reason: 'drill' },
    })
    expect(readRecord(['7-0', fields({ kind: 'switch', version: '9', enabled: 'perhaps' })])).toBeUndefined()
    expect(readRecord(['7-0', fields({ kind: 'switch', enabled: '1' })])).toBeUndefined()
  })

  it('may be a fold, which carries a floor', () => {
    expect(readRecord(['7-0', fields({ kind: 'fold', targets: '6' })])).toEqual({
      epoch: 'e',
      position: 7,
      prev: 5,
      kind: 'fold',
      floor: 6,
    })
  })

  it('is not read when its kind is unknown or it is damaged, so that its reader resynchronises', () => {
    for (const changes of [
      { kind: 'later' },
      { kind: 'fold', targets: '' },
      { kind: 'fold', targets: 'x' },
      { targets: '{' },
      { targets: '[1]' },
      { targets: '"a"' },
      { prev: 'x' },
    ]) {
      expect(readRecord(['7-0', fields(changes)]), JSON.stringify(changes)).toBeUndefined()
    }
    expect(readRecord(['x', fields()])).toBeUndefined()
    expect(readRecord(['7-0', []])).toBeUndefined()
  })
})

describe('the scripts’ answers', () => {
  it('are positions as numbers, exact up to the year 2255', () => {
    expect(readBeat(['e', '9007199254740991', []])).toEqual({
      epoch: 'e',
      position: Number.MAX_SAFE_INTEGER,
      records: [],
      switch: undefined,
      replicas: 0,
    })
    expect(readAppended(['e', '9', '8', 1])).toEqual({ epoch: 'e', position: 9, prev: 8, unmarked: true })
    expect(readAppended(['e', '9', '8', 0])).toMatchObject({ unmarked: false })
  })
})
