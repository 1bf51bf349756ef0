import { describe, expect, it } from 'vitest'

import { keyTarget, tagTarget, targetsOf, type ResolvedTargets, type Target } from '../../../src/keys/target.ts'
import { Marks } from '../../../src/log/marks.ts'
import type { LogRecord } from '../../../src/log/record.ts'

const EPOCH = 'epoch-one-1'

function marksAt(position: number): Marks {
  const marks = new Marks()
  marks.learn({ epoch: EPOCH, position, floor: 0, marks: new Map() })
  return marks
}

function record(prev: number, position: number, targets: ResolvedTargets, epoch = EPOCH): LogRecord {
  return { epoch, prev, position, kind: 'mark', targets }
}

const of =
  (key: string, ...tags: string[]) =>
  (): Target[] =>
    targetsOf(key, tags)
const stamp = (position: number, epoch = EPOCH) => ({ epoch, position })

describe('the one rule', () => {
  it('keeps an entry whose targets were marked before its load began', () => {
    const marks = marksAt(10)
    marks.apply(record(10, 11, [keyTarget('a')]))
    expect(marks.isCurrent(stamp(11), of('a'))).toBe(true)
    expect(marks.isCurrent(stamp(10), of('a'))).toBe(false)
  })

  it('judges by key, by tag and by every prefix of the key', () => {
    for (const target of ['k:shop:cart:7', 't:user:7', 'p:shop:', 'p:shop:cart:'] as const) {
      const marks = marksAt(10)
      marks.apply(record(10, 11, [target]))
      expect(marks.isCurrent(stamp(10), of('shop:cart:7', 'user:7')), target).toBe(false)
    }
  })

  it('leaves an entry alone whose key, tag or prefix is only spelled like what was marked', () => {
    const marks = marksAt(10)
    marks.apply(record(10, 11, ['t:a', 'p:a:', 'k:b']))
    expect(marks.isCurrent(stamp(10), of('a'))).toBe(true)
    expect(marks.isCurrent(stamp(10), of('a', 'b'))).toBe(true)
    expect(marks.isCurrent(stamp(10), of('ab:c'))).toBe(true)
  })

  it('takes everything below the floor for invalidated', () => {
    const marks = marksAt(10)
    marks.apply(record(10, 11, 'all'))
    expect(marks.isCurrent(stamp(10), of('a'))).toBe(false)
    expect(marks.isCurrent(stamp(11), of('a'))).toBe(true)
  })

  it('takes every entry of another epoch for not current, whatever its position', () => {
    expect(marksAt(10).isCurrent(stamp(99, 'epoch-two-2'), of('a'))).toBe(false)
  })

  it('asks for an entry’s targets only when something newer than its stamp is known', () => {
    const marks = marksAt(10)
    marks.apply(record(10, 11, [keyTarget('a')]))
    const never = (): Target[] => {
      throw new Error('looked up')
    }
    expect(marks.isCurrent(stamp(11), never)).toBe(true)
    expect(() => marks.isCurrent(stamp(10), never)).toThrow('looked up')
  })

  it('sees an own mark at once, ahead of what is applied (H11)', () => {
    const marks = marksAt(10)
    marks.mark([keyTarget('a')], 12)
    expect(marks.applied).toBe(10)
    expect(marks.isCurrent(stamp(10), of('a'))).toBe(false)
    expect(marks.isCurrent(stamp(11), of('a'))).toBe(false)
  })
})

describe('applying records', () => {
  it('refuses a record whose predecessor is not the last one applied (H4)', () => {
    const marks = marksAt(10)
    expect(marks.apply(record(11, 12, [keyTarget('a')]))).toBe(false)
    expect(marks.applied).toBe(10)
  })

  it('refuses a record of another epoch', () => {
    expect(marksAt(10).apply(record(10, 11, 'all', 'epoch-two-2'))).toBe(false)
  })

  it('skips what is applied already', () => {
    const marks = marksAt(10)
    expect(marks.apply(record(4, 5, [keyTarget('a')]))).toBe(true)
    expect(marks.applied).toBe(10)
    expect(marks.isCurrent(stamp(4), of('a'))).toBe(true)
  })
})

describe('the stamp of a load that begins now', () => {
  it('is the newest position known, own marks included', () => {
    const marks = marksAt(10)
    expect(marks.stamp()).toEqual(stamp(10))
    marks.mark([keyTarget('a')], 12)
    expect(marks.stamp()).toEqual(stamp(12))
  })
})

describe('learning a scanned head', () => {
  it('merges it into what is known of the same epoch, so that an own newer mark is not forgotten (H10)', () => {
    const marks = marksAt(10)
    marks.mark([keyTarget('a')], 15)
    marks.learn({
      epoch: EPOCH,
      position: 12,
      floor: 0,
      marks: new Map([
        [keyTarget('a'), 11],
        [tagTarget('b'), 12],
      ]),
    })
    expect(marks.applied).toBe(12)
    expect(marks.isCurrent(stamp(14), of('a'))).toBe(false)
    expect(marks.isCurrent(stamp(11), of('x', 'b'))).toBe(false)
  })

  it('never takes knowledge back: a smaller position or floor changes nothing', () => {
    const marks = marksAt(10)
    marks.mark('all', 9)
    marks.learn({ epoch: EPOCH, position: 8, floor: 3, marks: new Map() })
    expect(marks.applied).toBe(10)
    expect(marks.isCurrent(stamp(8), of('a'))).toBe(false)
  })

  it('forgets everything of an epoch when another takes its place', () => {
    const marks = marksAt(10)
    marks.mark('all', 10)
    marks.mark([keyTarget('a')], 10)
    marks.learn({ epoch: 'epoch-two-2', position: 5, floor: 0, marks: new Map() })
    expect(marks.applied).toBe(5)
    expect(marks.isCurrent(stamp(5, 'epoch-two-2'), of('a'))).toBe(true)
    expect(marks.isCurrent(stamp(10), of('a'))).toBe(false)
  })
})

describe('globs', () => {
  it('reach older entries whose key they match, and no others', () => {
    const marks = marksAt(10)
    marks.apply(record(10, 11, ['g:user:*:cart']))
    expect(marks.isCurrent(stamp(10), of('user:7:cart'))).toBe(false)
    expect(marks.isCurrent(stamp(11), of('user:7:cart'))).toBe(true)
    expect(marks.isCurrent(stamp(10), of('user:7:name', 'user:7:cart'))).toBe(true)
  })

  it('cover everything when this version cannot read them', () => {
    const marks = marksAt(10)
    marks.apply(record(10, 11, ['g:[']))
    expect(marks.isCurrent(stamp(10), of('a'))).toBe(false)
  })
})

describe('folding', () => {
  it('raises the floor where there are more marks than may be remembered, and never forgets one otherwise', () => {
    const marks = new Marks({ maxMarks: 10, maxGlobs: 64 })
    marks.learn({ epoch: EPOCH, position: 100, floor: 0, marks: new Map() })
    for (let index = 1; index <= 1000; index += 1) {
      marks.mark([`k:${index}`], 100 + index)
      expect(marks.size).toBeLessThanOrEqual(10)
      expect(marks.isCurrent(stamp(100), of('1'))).toBe(false)
      expect(marks.isCurrent(stamp(100 + index - 1), of(`${index}`))).toBe(false)
      expect(marks.isCurrent(stamp(100 + index), of(`${index}`))).toBe(true)
    }
    expect(marks.floor).toBeLessThan(1100)
    expect(marks.isCurrent(stamp(1099), of('untouched'))).toBe(true)
  })

  it('raises the floor where there are more globs than may be tried', () => {
    const marks = new Marks({ maxMarks: 10, maxGlobs: 4 })
    marks.learn({ epoch: EPOCH, position: 100, floor: 0, marks: new Map() })
    for (let index = 1; index <= 5; index += 1) marks.mark([`g:${index}*x`], 100 + index)
    expect(marks.size).toBe(2)
    expect(marks.isCurrent(stamp(102), of('untouched'))).toBe(false)
    expect(marks.isCurrent(stamp(103), of('untouched'))).toBe(true)
    expect(marks.isCurrent(stamp(104), of('5x'))).toBe(false)
  })

  it('keeps the newest mark of a target that is marked again and again', () => {
    const marks = new Marks({ maxMarks: 4, maxGlobs: 4 })
    marks.learn({ epoch: EPOCH, position: 100, floor: 0, marks: new Map() })
    for (let index = 1; index <= 50; index += 1) marks.mark(['k:hot', `k:${index}`], 100 + index)
    expect(marks.isCurrent(stamp(149), of('hot'))).toBe(false)
    expect(marks.isCurrent(stamp(150), of('hot'))).toBe(true)
  })

  it('is taken over from another process by its record', () => {
    const marks = marksAt(10)
    marks.apply(record(10, 11, ['k:a']))
    expect(marks.apply({ epoch: EPOCH, prev: 11, position: 12, kind: 'fold', floor: 11 })).toBe(true)
    expect(marks.size).toBe(0)
    expect(marks.isCurrent(stamp(10), of('b'))).toBe(false)
    expect(marks.isCurrent(stamp(11), of('a'))).toBe(true)
  })
})

describe('what speaks against an entry', () => {
  it('is named, mark by mark, as the rule judges', () => {
    const marks = marksAt(10)
    marks.apply(record(10, 11, [keyTarget('a:b'), tagTarget('t'), 'g:?:b', 'g:x*', 'p:a:']))
    const against = (position: number, epoch = EPOCH) =>
      marks.against(stamp(position, epoch), targetsOf('a:b', ['t', 'u']))
    expect(against(10)).toEqual([
      { kind: 'mark', target: 'k:a:b', position: 11 },
      { kind: 'mark', target: 'p:a:', position: 11 },
      { kind: 'mark', target: 't:t', position: 11 },
      { kind: 'mark', target: 'g:?:b', position: 11 },
    ])
    expect(against(11)).toEqual([])
    expect(against(11, 'another-one')).toEqual([{ kind: 'epoch', epoch: EPOCH }])
    marks.raiseFloor(20)
    expect(against(19)).toEqual([{ kind: 'floor', position: 20 }])
    expect(against(20)).toEqual([])
  })
})

describe('a million marks', () => {
  it('leave a hundred thousand at most, whichever way they came', () => {
    const [applied, learnt] = [new Marks(), new Marks()]
    let largest = 0
    for (let position = 1; position <= 1000; position += 1) {
      applied.mark(
        Array.from({ length: 1000 }, (_, index) => `t:${position}:${index}` as const),
        position,
      )
      largest = Math.max(largest, applied.size)
    }
    expect(largest).toBe(100_000)
    const marks = new Map(Array.from({ length: 200_001 }, (_, index) => [`t:${index}` as const, index + 1]))
    learnt.learn({ epoch: 'e', position: 200_001, floor: 0, marks })
    expect(learnt.size).toBeLessThanOrEqual(100_001)
    expect(learnt.isCurrent({ epoch: 'e', position: 200_000 }, () => ['k:a', 't:200000'])).toBe(false)
    expect(learnt.isCurrent({ epoch: 'e', position: 200_000 }, () => ['k:a', 't:7'])).toBe(true)
  })
})

describe('what is left behind in Redis', () => {
  it('is as new as the newest mark that reached more than one key, whether heard, made or scanned', () => {
    const marks = marksAt(10)
    expect([marks.epoch, marks.leftBehind], 'whatever other epochs wrote').toEqual([EPOCH, 1])
    marks.mark([keyTarget('a')], 11)
    expect(marks.leftBehind).toBe(1)
    marks.mark([keyTarget('a'), tagTarget('t')], 12)
    expect(marks.leftBehind).toBe(12)
    marks.mark([tagTarget('t')], 9)
    expect(marks.leftBehind, 'never older').toBe(12)
    marks.mark('all', 13)
    expect(marks.leftBehind).toBe(13)
    marks.learn({ epoch: EPOCH, position: 20, floor: 0, marks: new Map([[keyTarget('b'), 20]]) })
    expect(marks.leftBehind).toBe(13)
    const scanned = new Map<Target, number>([
      [tagTarget('u'), 19],
      [tagTarget('t'), 18],
    ])
    marks.learn({ epoch: EPOCH, position: 20, floor: 0, marks: scanned })
    expect(marks.leftBehind).toBe(19)
    marks.learn({ epoch: 'epoch-two-2', position: 1, floor: 0, marks: new Map() })
    expect(marks.leftBehind).toBe(1)
  })
})

describe('knowledge of marks', () => {
  it('begins with nothing, and says how much it remembers', () => {
    const marks = new Marks({ maxMarks: 7, maxGlobs: 3 })
    expect([marks.epoch, marks.applied, marks.floor, marks.size, marks.leftBehind, marks.maxMarks]).toEqual([
      '',
      0,
      0,
      0,
      0,
      7,
    ])
    expect(marks.isCurrent(stamp(0), of('a')), 'nothing is current before an epoch is known').toBe(false)
  })

  it('forgets the globs of another epoch', () => {
    const marks = marksAt(10)
    marks.mark(['g:a*'], 11)
    marks.learn({ epoch: 'epoch-two-2', position: 1, floor: 0, marks: new Map() })
    expect(marks.isCurrent({ epoch: 'epoch-two-2', position: 1 }, of('a'))).toBe(true)
    marks.mark(['k:b'], 2)
    expect(marks.isCurrent({ epoch: 'epoch-two-2', position: 1 }, of('a'))).toBe(true)
  })

  it('does not remember a mark that the floor stands for, nor lowers the one it has', () => {
    const marks = marksAt(10)
    marks.raiseFloor(10)
    marks.mark(['k:a'], 10)
    marks.mark(['k:a'], 9)
    expect(marks.size).toBe(0)
    marks.mark(['k:a'], 12)
    marks.mark(['k:a'], 11)
    expect(marks.isCurrent(stamp(11), of('a'))).toBe(false)
    expect(marks.size).toBe(1)
  })

  it('folds the older half by number, not by how the numbers are spelled', () => {
    const marks = new Marks({ maxMarks: 3, maxGlobs: 3 })
    marks.learn({ epoch: EPOCH, position: 1, floor: 0, marks: new Map() })
    for (const [key, position] of [
      ['d', 100],
      ['a', 8],
      ['c', 30],
      ['b', 9],
    ] as const)
      marks.mark([keyTarget(key)], position)
    expect([marks.floor, marks.size]).toEqual([9, 2])
  })

  it('takes a record that switches the fleet for one that marks nothing', () => {
    const marks = marksAt(10)
    const asked: string[] = []
    expect(
      marks.apply({
        epoch: EPOCH,
        prev: 10,
        position: 11,
        kind: 'switch',
        state: { version: 1, enabled: false, by: '', reason: '' },
      }),
    ).toBe(true)
    expect(marks.isCurrent(stamp(10), () => (asked.push('asked'), of('a')()))).toBe(true)
    expect([marks.applied, marks.size, asked]).toEqual([11, 0, []])
  })
})
