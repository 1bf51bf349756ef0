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
})
