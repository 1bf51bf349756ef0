import { describe, expect, it } from 'vitest'

import { targetsOf, type ResolvedTargets, type Target } from '../../../src/keys/target.ts'
import { OwnInvalidations } from '../../../src/log/own-invalidations.ts'

const of =
  (key: string, ...tags: string[]) =>
  (): Target[] =>
    targetsOf(key, tags)
const called = (id: string, targets: ResolvedTargets) => ({ id, targets, by: '', reason: 'test' })

describe('what is pending', () => {
  it('covers entries from elsewhere and own loads that began before the call', () => {
    const own = new OwnInvalidations()
    const before = own.nextOrder()
    own.add(called('1', ['t:a']))
    expect(own.covers(undefined, of('k', 'a'))).toBe(true)
    expect(own.covers(before, of('k', 'a'))).toBe(true)
    expect(own.covers(undefined, of('k', 'b'))).toBe(false)
  })

  it('does not cover an own load that began after the call: it has seen what it was about', () => {
    const own = new OwnInvalidations()
    own.add(called('1', ['k:a']))
    expect(own.covers(own.nextOrder(), of('a'))).toBe(false)
  })

  it('covers until every invalidation of a target is settled, whichever is settled first', () => {
    const own = new OwnInvalidations()
    own.add(called('1', ['k:a']))
    own.add(called('2', ['k:a']))
    own.settle('2')
    expect(own.covers(undefined, of('a'))).toBe(true)
    own.settle('1')
    expect(own.covers(undefined, of('a'))).toBe(false)
  })

  it('covers everything while an invalidation of everything is pending', () => {
    const own = new OwnInvalidations()
    own.add(called('1', 'all'))
    expect(own.covers(undefined, of('anything'))).toBe(true)
    own.settle('1')
    expect(own.covers(undefined, of('anything'))).toBe(false)
  })

  it('keeps what is acknowledged in another epoch until it is settled', () => {
    const own = new OwnInvalidations()
    own.add(called('1', ['k:a']))
    own.acknowledge('1', 'other-epoch', 7)
    expect(own.pending()).toMatchObject([{ id: '1', acknowledged: { epoch: 'other-epoch', position: 7 } }])
    expect(own.covers(undefined, of('a'))).toBe(true)
  })

  it('becomes one invalidation of everything when an outage queues more than it can remember', () => {
    const own = new OwnInvalidations()
    for (let count = 0; count <= 10_000; count += 1) own.add(called(`${count}`, [`k:${count}`]))
    expect(own.pending()).toHaveLength(1)
    expect(own.pending()[0]).toMatchObject({ targets: 'all' })
    own.settle('10000')
    expect(own.covers(undefined, of('3')), 'a late answer to one of them settles only itself').toBe(true)
  })
})

describe('what this process invalidated since a moment', () => {
  it('stays known after it was acknowledged', () => {
    const own = new OwnInvalidations()
    const before = own.nextOrder()
    own.add(called('1', ['p:a:']))
    own.settle('1')
    expect(own.since(before, of('a:1')())).toBe(true)
    expect(own.since(own.nextOrder(), of('a:1')())).toBe(false)
    expect(own.since(before, of('b:1')())).toBe(false)
  })

  it('becomes coarser, never forgetful, past ten thousand targets', () => {
    const own = new OwnInvalidations()
    const before = own.nextOrder()
    for (let count = 0; count <= 10_000; count += 1) {
      own.add(called(`${count}`, [`k:${count}`]))
      own.settle(`${count}`)
    }
    expect(own.since(before, of('0')())).toBe(true)
    expect(own.since(before, of('9999')())).toBe(true)
  })
})

describe('globs', () => {
  it('cover what they match while they are pending, and are known afterwards', () => {
    const own = new OwnInvalidations()
    const before = own.nextOrder()
    own.add(called('1', ['g:user:*']))
    expect(own.covers(undefined, of('user:7'))).toBe(true)
    expect(own.covers(before, of('order:7'))).toBe(false)
    expect(own.covers(own.nextOrder(), of('user:7'))).toBe(false)
    expect(own.since(before, of('user:7')())).toBe(true)
    expect(own.since(before, of('order:7')())).toBe(false)
    own.settle('1')
    expect(own.covers(undefined, of('user:7'))).toBe(false)
    expect(own.since(before, of('user:7')())).toBe(true)
  })

  it('are remembered up to sixty-four, and by one for everything past that', () => {
    const own = new OwnInvalidations()
    const before = own.nextOrder()
    for (let count = 0; count < 64; count += 1) own.add(called(`${count}`, [`g:${count}:*`]))
    expect(own.since(before, of('another')())).toBe(false)
    const { order } = own.add(called('64', ['g:64:*']))
    expect(own.since(before, of('another')())).toBe(true)
    expect(own.since(order, of('another')())).toBe(false)
  })
})

describe('the size of what is remembered', () => {
  it('counts targets, globs and what is pending, each as often as it is kept', () => {
    const own = new OwnInvalidations()
    expect([own.size, own.hasNoPending]).toEqual([0, true])
    own.add(called('1', ['k:a', 'k:b']))
    own.add(called('2', ['g:a*']))
    expect([own.size, own.hasNoPending]).toEqual([6, false])
    own.settle('1')
    expect(own.size).toBe(4)
    own.settle('1')
    own.add(called('3', 'all'))
    expect(own.size).toBe(5)
    own.settle('2')
    own.settle('3')
    expect([own.size, own.hasNoPending]).toEqual([3, true])
  })

  it('is a hundred thousand pending targets, and one for everything past that', () => {
    const own = new OwnInvalidations()
    const many = (count: number) => Array.from({ length: count }, (_, index) => `k:${index}` as const)
    own.add(called('1', many(99_999)))
    own.add(called('2', ['k:last']))
    expect(own.pending()).toHaveLength(2)
    own.add(called('3', ['k:one-more']))
    expect(own.pending()).toMatchObject([
      { id: '3-all', targets: 'all', reason: 'test (and others, too many to remember)' },
    ])
    own.settle('3-all')
    own.add(called('4', many(100_000)))
    expect(own.pending()).toMatchObject([{ id: '4' }])
  })

  it('holds ten thousand targets of the past one by one', () => {
    const own = new OwnInvalidations()
    const before = own.nextOrder()
    const targets = Array.from({ length: 9_999 }, (_, index) => `k:${index}` as const)
    own.settle(own.add(called('1', targets)).id)
    own.settle(own.add(called('2', ['k:last'])).id)
    expect(own.since(before, of('another')())).toBe(false)
    own.add(called('3', ['k:one-more']))
    expect(own.since(before, of('another')())).toBe(true)
  })
})

describe('an acknowledgement of another epoch', () => {
  it('of what was settled meanwhile brings nothing back', () => {
    const own = new OwnInvalidations()
    own.add(called('1', ['k:a']))
    own.settle('1')
    own.acknowledge('1', 'other-epoch', 7)
    expect(own.pending()).toEqual([])
  })
})

describe('what is called while something is pending', () => {
  it('is covered too, also where the pending were asked about before', () => {
    const own = new OwnInvalidations()
    own.add(called('1', ['k:a']))
    expect(own.covers(undefined, of('b'))).toBe(false)
    own.add(called('2', ['k:b']))
    expect(own.covers(undefined, of('b'))).toBe(true)
    own.add(called('3', ['g:c*']))
    expect(own.covers(undefined, of('cat'))).toBe(true)
  })
})

describe('one call for many keys', () => {
  it('does not become one for everything while it is on its way', () => {
    const own = new OwnInvalidations()
    for (let at = 0; at < 50_000; at += 1000) {
      own.add(
        called(
          `${at}`,
          Array.from({ length: 1000 }, (_, index) => `k:${at + index}` as const),
        ),
      )
    }
    expect(own.pending()).toHaveLength(50)
    expect(own.covers(undefined, of('another'))).toBe(false)
  })
})

describe('a million invalidations of one process', () => {
  it('are remembered by a bounded number of targets, acknowledged or not', () => {
    const own = new OwnInvalidations()
    let largest = 0
    for (let at = 0; at < 1_000_000; at += 1000) {
      const targets = Array.from({ length: 1000 }, (_, index) => `t:${at + index}` as const)
      const { id } = own.add(called(`${at}`, targets))
      if (at % 2000 === 0) own.settle(id)
      largest = Math.max(largest, own.size)
    }
    expect(largest).toBeLessThanOrEqual(110_000)
    expect(own.covers(undefined, of('never named')), 'coarser, never forgetful').toBe(true)
  })
})
