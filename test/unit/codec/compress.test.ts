import { randomBytes } from 'node:crypto'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compress, decompress } from '../../../src/codec/compress.ts'
import { outcomeOf } from './outcome.ts'

const LIMIT = 1_048_576
const unreadable = expect.objectContaining({ code: 'ERR_HOLDFAST_DECODE' })

/** JSON as caches hold it: the same names over and over. */
const documentOf = (bytes: number): Buffer => {
  const items = Array.from({ length: Math.ceil(bytes / 40) }, (_, id) => ({
    id,
    name: `feature ${id * 7919}`,
    on: true,
  }))
  return Buffer.from(JSON.stringify(items)).subarray(0, bytes)
}

function compressed(text: Buffer): Buffer {
  const bytes = compress(text)
  if (!Buffer.isBuffer(bytes)) throw new TypeError('This text is compressed in the same turn')
  return bytes
}

/** A frame whose text is announced as `length` bytes. */
const announcing = (length: number, frame: Buffer): Buffer => {
  const front = Buffer.alloc(4)
  front.writeUInt32BE(length, 0)
  return Buffer.concat([front, frame])
}

/** A frame by hand (RFC 8878): so many blocks of 128 KiB, each told as one byte that repeats. */
const frameOfZeros = (blocks: number): Buffer => {
  const front = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58])
  const block = (last: number): Buffer => {
    const bytes = Buffer.alloc(4)
    bytes.writeUIntLE((131_072 << 3) | (1 << 1) | last, 0, 3)
    return bytes
  }
  return Buffer.concat([front, ...Array.from({ length: blocks }, (_, at) => block(at === blocks - 1 ? 1 : 0))])
}

describe('compression', () => {
  it('gives a text back, in the same turn up to 64 KiB and by a thread above', async () => {
    for (const bytes of [1000, 16_384, 65_536]) {
      const text = documentOf(bytes)
      expect(compressed(text).length).toBeLessThan(bytes * 0.5)
      expect(decompress(compressed(text), LIMIT)).toEqual(text)
    }
    for (const bytes of [65_537, 300_000]) {
      const text = documentOf(bytes)
      const aside = compress(text)
      expect(aside).toBeInstanceOf(Promise)
      const small = await aside
      expect(small?.length).toBeLessThan(bytes * 0.5)
      const back = decompress(small ?? Buffer.alloc(0), LIMIT)
      expect(back).toBeInstanceOf(Promise)
      expect(await back).toEqual(text)
    }
  })

  it('leaves alone what it would make less than a fifth smaller', async () => {
    expect(compress(Buffer.from('"short"'))).toBeUndefined()
    expect(compress(randomBytes(20_000))).toBeUndefined()
    expect(await compress(randomBytes(100_000))).toBeUndefined()
  })
})

describe('decompression', () => {
  it('inflates nothing beyond its limit', () => {
    const text = documentOf(20_000)
    expect(decompress(compressed(text), 20_000)).toEqual(text)
    expect(() => decompress(compressed(text), 19_999)).toThrow(unreadable)
  })

  it('inflates nothing beyond what was announced: a gigabyte in 32 KB is refused at its first bytes', async () => {
    const bomb = frameOfZeros(8192)
    await expect(decompress(announcing(131_072 * 2, frameOfZeros(2)), LIMIT)).resolves.toEqual(
      Buffer.alloc(131_072 * 2),
    )
    expect(() => decompress(announcing(100, bomb), LIMIT)).toThrow(unreadable)
    await expect(decompress(announcing(100_000, bomb), LIMIT)).rejects.toThrow(unreadable)
    expect(() => decompress(announcing(2 ** 30, bomb), LIMIT)).toThrow(unreadable)
  })

  it('refuses a frame that holds less than was announced', () => {
    const frame = compressed(documentOf(1000)).subarray(4)
    expect(() => decompress(announcing(1001, frame), LIMIT)).toThrow(unreadable)
  })

  it('refuses or survives every truncation and flip', async () => {
    const small = compressed(documentOf(300))
    const large = (await compress(documentOf(70_000))) ?? Buffer.alloc(0)
    const damaged = fc.tuple(fc.constantFrom(small, large), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean())
    await fc.assert(
      fc.asyncProperty(damaged, async ([bytes, place, mask, cut]) => {
        // Most of what matters is in front: the length and the head of the frame.
        const at = place % 3 === 0 ? place % bytes.length : place % 40
        const changed = Buffer.from(cut ? bytes.subarray(0, at) : bytes)
        if (!cut) changed[at] = (changed[at] ?? 0) ^ mask
        expect(await outcomeOf(() => decompress(changed, LIMIT))).not.toBe('another error')
      }),
      { numRuns: 300 },
    )
  })
})
