import { describe, expect, it } from 'vitest'

import { createFaults } from '../../../emulator/src/faults.ts'

describe('a fault', () => {
  it('happens to the commands that it is about, as often as it says', () => {
    const faults = createFaults()
    faults.add({ kind: 'reset', commands: ['find'], times: 2 })
    faults.add({ kind: 'status', status: 429 })
    expect(['findOne', 'find', 'find', 'find'].map((name) => faults.take(name)?.kind)).toEqual([
      'status',
      'reset',
      'reset',
      undefined,
    ])
    faults.add({ kind: 'reset' })
    faults.clear()
    expect(faults.take('find')).toBeUndefined()
  })

  it.for([
    { kind: 'status', status: 200 },
    { kind: 'late', delayMs: -1 },
    { kind: 'reset', times: 0 },
  ] as const)('cannot be %j', (fault) => {
    expect(() => createFaults().add(fault)).toThrow(RangeError)
  })
})
