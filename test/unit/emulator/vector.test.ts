import { describe, expect, it } from 'vitest'

import { parseVectorSettings, readVector, similarity, writtenVector } from '../../../emulator/src/vector.ts'
import { parseDocumentProjection } from '../../../emulator/src/vector-projection.ts'

const of = (metric: 'cosine' | 'dot_product' | 'euclidean') => ({ dimension: 2, metric })
const vector = (...values: number[]) => Float32Array.from(values)

describe('a vector', () => {
  it('is 32-bit floats, as an array or as bytes', () => {
    expect(readVector([0.1, 2], of('cosine'))).toEqual(vector(0.1, 2))
    expect(writtenVector(vector(1, -2))).toEqual({ $binary: 'P4AAAMAAAAA=' })
    expect(readVector({ $binary: 'P4AAAMAAAAA=' }, of('cosine'))).toEqual(vector(1, -2))
  })

  it.for([[[1]], [[]], [['a', 1]], ['x'], [{ $binary: 'AA==' }], [[1, 2, 3]]])('is refused as %j', ([value]) => {
    expect(() => readVector(value as never, of('cosine'))).toThrow(
      expect.objectContaining({ code: 'SHRED_BAD_VECTOR_VALUE' }),
    )
  })

  it('is as near as the metric says', () => {
    expect(similarity(vector(1, 0), vector(2, 0), of('cosine'))).toBe(1)
    expect(similarity(vector(1, 0), vector(-1, 0), of('cosine'))).toBe(0)
    expect(similarity(vector(1, 0), vector(0, 1), of('dot_product'))).toBe(0.5)
    expect(similarity(vector(1, 0), vector(1, 1), of('euclidean'))).toBe(0.5)
  })

  it('has settings that can be', () => {
    expect(parseVectorSettings({ dimension: 3 })).toEqual({ dimension: 3, metric: 'cosine' })
    for (const bad of [{}, { dimension: 0 }, { dimension: 2, metric: 'x' }, { dimension: 2, service: {} }]) {
      expect(() => parseVectorSettings(bad)).toThrow(
        expect.objectContaining({ code: 'INVALID_CREATE_COLLECTION_OPTIONS' }),
      )
    }
  })

  it.for([
    [undefined, { _id: 1, a: 2 }],
    [{ '*': 1 }, { _id: 1, a: 2, $vector: [1] }],
    [{ $vector: 1 }, { _id: 1, $vector: [1] }],
    [{ $vector: 1, _id: 0 }, { $vector: [1] }],
    [
      { $vector: 1, a: 1 },
      { _id: 1, a: 2, $vector: [1] },
    ],
    [{ $vector: 0 }, { _id: 1, a: 2 }],
    [{ a: 0 }, { _id: 1 }],
  ])('is hidden unless it is asked for: %j', ([projection, expected]) => {
    expect(parseDocumentProjection(projection as never)({ _id: 1, a: 2, $vector: [1] })).toEqual(expected)
  })
})
