import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'

import { createKeyRing } from '../../../src/codec/key-ring.ts'
import { resolveCodecOptions, type CodecOptions } from '../../../src/codec/options.ts'

const keys = { a: randomBytes(32) }
const thresholdOf = (options: CodecOptions): number | undefined => resolveCodecOptions(options, 1000).compressFrom

describe('the options of the codec', () => {
  it('compress from 16 KiB unless something else is said, and not beside encryption', () => {
    expect(thresholdOf({})).toBe(16_384)
    expect(thresholdOf({ compress: true })).toBe(16_384)
    expect(thresholdOf({ compress: {} })).toBe(16_384)
    expect(thresholdOf({ compress: { threshold: 0 } })).toBe(0)
    expect(thresholdOf({ compress: false })).toBeUndefined()
    expect(thresholdOf({ encrypt: { keys } })).toBeUndefined()
    expect(thresholdOf({ encrypt: { keys }, compress: { threshold: 5 } })).toBe(5)
  })

  it('take a ring as it is, so that its rotation is seen, or make one of keys', () => {
    const ring = createKeyRing({ keys })
    expect(resolveCodecOptions({ encrypt: ring }, 1000).ring).toBe(ring)
    expect(resolveCodecOptions({ encrypt: { keys } }, 1000).ring?.currentId).toBe('a')
    expect(resolveCodecOptions({}, 1000).ring).toBeUndefined()
  })

  it('let a text be 16 times as long as what may be stored of it', () => {
    expect(resolveCodecOptions({}, 1000).maxTextBytes).toBe(16_000)
  })

  it('refuse a threshold or keys that cannot work, saying which', () => {
    for (const threshold of [-1, 1.5, Number.NaN, Infinity, '16k' as never]) {
      expect(() => thresholdOf({ compress: { threshold } })).toThrow(
        expect.objectContaining({
          code: 'ERR_HOLDFAST_CONFIG',
          message: expect.stringContaining('compress.threshold'),
        }),
      )
    }
    expect(() => thresholdOf({ encrypt: { keys: { a: 'short' } } })).toThrow(
      expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG', message: expect.stringContaining('openssl rand') }),
    )
  })
})
