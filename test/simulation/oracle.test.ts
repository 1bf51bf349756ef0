import { describe, expect, it } from 'vitest'

import type { At, Read } from './oracle/history.ts'
import { Oracle } from './oracle/oracle.ts'
import { reaches } from './oracle/targets.ts'

const BOUND_US = 100_000

/** A moment whose place in the order is its time. */
const at = (us: number): At => ({ us, order: us })

function judged({ isCalm = false } = {}) {
  const oracle = new Oracle({ boundUs: BOUND_US, isCalm })
  const load = (us: number, key = 'a:1', process = 'p1') =>
    oracle.loadBegan({ key, process, began: at(us), tags: ['t'], isSet: false })
  const invalidated = (calledUs: number, acknowledgedUs?: number, process = 'p1') =>
    oracle.invalidationCalled({
      process,
      named: { tags: ['t'] },
      called: at(calledUs),
      bindsCaller: true,
      ...(acknowledgedUs !== undefined && { acknowledged: at(acknowledgedUs) }),
    })
  const served = (us: number, loadId: number, read: Partial<Read> = {}) => {
    const asked = { expired: false, invalidated: false, unverified: false }
    oracle.answered(
      { key: 'a:1', process: 'p2', began: at(us), isStrict: false, asked, ...read },
      { load: loadId },
      at(us + 1),
      undefined,
    )
    return oracle.violations.map(({ kind }) => kind)
  }
  return { oracle, load, invalidated, served }
}

/** p2 loads, and p1 has invalidated what it loads since. */
function overtaken() {
  const { oracle, load } = judged({ isCalm: true })
  load(1, 'a:1', 'p2')
  oracle.invalidationCalled({
    process: 'p1',
    named: { keys: ['a:1'] },
    called: at(10),
    bindsCaller: true,
    acknowledged: at(20),
  })
  return { oracle, load }
}

describe('the oracle', () => {
  it('allows a value that was invalidated at most the bound ago, and remembers how stale it was', () => {
    const { oracle, load, invalidated, served } = judged()
    const { id } = load(1)
    invalidated(10, 20)
    expect(served(20 + BOUND_US, id)).toEqual([])
    expect(oracle.worst.us).toBe(BOUND_US)
  })

  it('finds a value that was invalidated longer ago', () => {
    const { load, invalidated, served } = judged()
    const { id } = load(1)
    invalidated(10, 20)
    expect(served(21 + BOUND_US, id)).toEqual(['stale'])
  })

  it('allows a value whose load began between the call and the acknowledgement', () => {
    const { load, invalidated, served } = judged()
    invalidated(10, 200)
    expect(served(300 + BOUND_US, load(11).id)).toEqual([])
  })

  it('allows a strict read nothing that was acknowledged before it', () => {
    const { load, invalidated, served } = judged()
    const { id } = load(1)
    invalidated(10, 20)
    expect(served(21, id, { isStrict: true })).toEqual(['strict-stale'])
  })

  it('holds a process to its own invalidations from their call on', () => {
    const { load, invalidated, served } = judged()
    const { id } = load(1)
    invalidated(10)
    expect(served(11, id, { process: 'p1' })).toEqual(['own-stale'])
  })

  it('knows a value that was never loaded', () => {
    const { load, served } = judged()
    expect(served(10, load(1, 'another key').id)).toEqual(['never-loaded'])
  })

  it('allows a value that is told to be invalidated only to who asked for it', () => {
    const staleness = { key: 'a:1', why: 'invalidated', expiredMsAgo: -1 } as const
    const { load, served } = judged()
    const { id } = load(1)
    const asked = { expired: true, invalidated: true, unverified: false }
    expect(served(10, id, { staleness, asked })).toEqual([])
    expect(served(20, id, { staleness })).toEqual(['unasked-stale'])
  })

  it('finds two loads of a key at once in a calm run', () => {
    const { oracle, load } = judged({ isCalm: true })
    load(200_000)
    load(200_100, 'a:1', 'p2')
    expect(oracle.violations.map(({ kind }) => kind)).toEqual(['two-loads'])
  })

  it('allows a second load while the first may have begun before an invalidation', () => {
    const { oracle, load, invalidated } = judged({ isCalm: true })
    invalidated(150_000, 195_000)
    load(200_000)
    load(200_100, 'a:1', 'p2')
    expect(oracle.violations).toEqual([])
  })

  it('finds a wait for a load that the waiting process knows to be overtaken', () => {
    const { oracle } = overtaken()
    oracle.waited('p1', 'a:1', at(30))
    oracle.waited('p3', 'a:1', at(30))
    expect(oracle.violations.map(({ kind, what }) => [kind, what])).toEqual([
      ['vain-wait', 'p1 waits for a load of a:1'],
    ])
  })

  it('allows a wait for a load that began since', () => {
    const { oracle, load } = overtaken()
    load(25, 'a:1', 'p3')
    oracle.waited('p1', 'a:1', at(30))
    expect(oracle.violations).toEqual([])
  })

  it('allows a wait for a load of its own that is over, and on its way to Redis', () => {
    const { oracle, load } = overtaken()
    load(22, 'a:1', 'p1').ended = at(28)
    oracle.waited('p1', 'a:1', at(30))
    expect(oracle.violations).toEqual([])
  })

  it('reads patterns by itself', () => {
    expect(['a:*', '*:1', '?:1', 'a.*'].map((pattern) => reaches({ pattern }, 'a:1', []))).toEqual([
      true,
      true,
      true,
      false,
    ])
  })
})
