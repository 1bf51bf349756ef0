import { assert, array, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createHeatSketch } from '../../../src/cache/heat-sketch.ts'

describe('the sketch of the hottest keys', () => {
  it('counts exactly while there is room', () => {
    const sketch = createHeatSketch(3)
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) sketch.touch(key, 1)
    expect(sketch.top(2)).toEqual([
      { key: 'a', heat: 3 },
      { key: 'b', heat: 2 },
    ])
  })

  it('never holds more keys than it has room for', () => {
    const sketch = createHeatSketch(5)
    for (let n = 0; n < 1000; n += 1) sketch.touch(`k${n}`, 1)
    expect(sketch.top(1000)).toHaveLength(5)
  })

  it('shows no key hotter than it was seen, however long the crowd before it', () => {
    const sketch = createHeatSketch(5)
    for (let n = 0; n < 1000; n += 1) sketch.touch(`k${n}`, 1)
    expect(sketch.top(5).map(({ heat }) => heat)).toEqual([1, 1, 1, 1, 1])
  })

  it('keeps every key that has more than its share, whatever the order', () => {
    assert(
      property(array(integer({ min: 0, max: 40 }), { maxLength: 600 }), (stream) => {
        const sketch = createHeatSketch(8)
        const seen = new Map<string, number>()
        for (const number of stream) {
          const key = `k${number}`
          sketch.touch(key, 1)
          seen.set(key, (seen.get(key) ?? 0) + 1)
        }
        const kept = new Map(sketch.top(8).map(({ key, heat }) => [key, heat]))
        const hot = [...seen].filter(([, times]) => times > stream.length / 8)
        expect(hot.filter(([key]) => !kept.has(key))).toEqual([])
        expect([...kept].filter(([key, heat]) => heat > (seen.get(key) ?? 0))).toEqual([])
      }),
    )
  })

  it('is empty once it was taken from', () => {
    const sketch = createHeatSketch(2)
    for (const key of ['a', 'a', 'b']) sketch.touch(key, 4)
    expect(sketch.take()).toEqual([
      { key: 'a', heat: 8 },
      { key: 'b', heat: 4 },
    ])
    expect(sketch.top(2)).toEqual([])
    sketch.touch('b', 1)
    expect(sketch.top(2)).toEqual([{ key: 'b', heat: 1 }])
  })

  it('gives the place of the least touched to a newcomer, each of them in its turn', () => {
    const sketch = createHeatSketch(3)
    for (const [key, weight] of [
      ['a', 5],
      ['b', 1],
      ['c', 3],
      ['d', 1],
      ['e', 1],
    ] as const)
      sketch.touch(key, weight)
    // d took the place of b with its count of 1, which makes 2, and e that of d, which makes 3.
    expect(
      sketch
        .top(3)
        .map(({ key }) => key)
        .sort(),
    ).toEqual(['a', 'c', 'e'])
    sketch.touch('f', 1)
    expect(sketch.top(3).map(({ key }) => key)).toContain('a')
    sketch.touch('b', 1)
    expect(sketch.top(3)).toEqual([
      { key: 'a', heat: 5 },
      { key: 'b', heat: 1 },
      { key: 'f', heat: 1 },
    ])
  })

  it('counts from zero again once it was taken from', () => {
    const sketch = createHeatSketch(2)
    sketch.touch('a', 9)
    sketch.touch('b', 1)
    sketch.take()
    for (const key of ['x', 'y', 'y', 'z']) sketch.touch(key, 1)
    // x has the place of a. With its count of before, y would be the one to give up.
    expect(sketch.top(2)).toEqual([
      { key: 'y', heat: 2 },
      { key: 'z', heat: 1 },
    ])
  })

  it('shows the hottest first, whatever the order they came in', () => {
    const sketch = createHeatSketch(4)
    for (const [key, weight] of [
      ['a', 2],
      ['b', 9],
      ['c', 4],
      ['d', 7],
    ] as const)
      sketch.touch(key, weight)
    expect(sketch.top(4).map(({ key }) => key)).toEqual(['b', 'd', 'c', 'a'])
  })
})
