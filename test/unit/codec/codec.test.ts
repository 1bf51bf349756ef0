import { randomBytes } from 'node:crypto'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createCodec, type Codec } from '../../../src/codec/codec.ts'
import { encodeEntry } from '../../../src/codec/entry.ts'
import { createKeyRing } from '../../../src/codec/key-ring.ts'
import { resolveCodecOptions, type CodecOptions } from '../../../src/codec/options.ts'
import { serialise } from '../../../src/codec/serialise.ts'
import { headers } from './headers.ts'
import { outcomeOf } from './outcome.ts'
import { header } from './round-trip.ts'

const ring = createKeyRing({ keys: { a: randomBytes(32) } })
const codecOf = (options: CodecOptions = {}, namespace = 'ttrpg'): Codec =>
  createCodec(resolveCodecOptions(options, 1_048_576), namespace)

const codecs = {
  plain: codecOf({ compress: false }),
  compressing: codecOf({ compress: { threshold: 0 } }),
  sealing: codecOf({ encrypt: ring }),
  both: codecOf({ compress: { threshold: 0 }, encrypt: ring }),
}
const all = Object.entries(codecs)
const document = (bytes: number): unknown =>
  Array.from({ length: Math.ceil(bytes / 42) }, (_, id) => ({ id, name: `feature ${id * 7919}`, on: true }))
const unreadable = expect.objectContaining({ code: 'ERR_HOLDFAST_DECODE' })

const write = async (codec: Codec, value: unknown, key = 'k'): Promise<Buffer> =>
  codec.encode(key, header, codec.serialise(value))
const read = async (codec: Codec, bytes: Buffer, key = 'k'): Promise<unknown> => (await codec.decode(key, bytes)).value

describe('a codec', () => {
  it.each(all)('gives back header and value, small and large: %s', async (_name, codec) => {
    for (const value of [
      null,
      0,
      'é🐉',
      new Map([[1, new Date(0)]]),
      document(2000),
      document(40_000),
      document(200_000),
    ]) {
      const bytes = await write(codec, value)
      expect(await codec.decode('k', bytes)).toEqual({ ...header, value })
    }
  })

  it.each(all)('gives back whatever its header holds: %s', async (_name, codec) => {
    const cases = fc.tuple(headers, fc.jsonValue({ maxDepth: 3 }), fc.string())
    await fc.assert(
      fc.asyncProperty(cases, async ([any, value, key]) => {
        const bytes = await codec.encode(key, any, codec.serialise(value))
        expect(await codec.decode(key, bytes)).toEqual({ ...any, value })
      }),
      { numRuns: 50 },
    )
  })

  it.each(all)('gives the text unparsed, as it was serialised: %s', async (_name, codec) => {
    for (const value of [{ a: 'é' }, document(20_000), document(100_000)]) {
      const raw = await codec.decodeRaw('k', await write(codec, value))
      expect(raw.payload.text.toString()).toBe(JSON.stringify(value))
      expect([raw.header, raw.payload.format]).toEqual([header, 1])
    }
  })

  it('does what is small in the same turn, and what is large on another thread', async () => {
    for (const [name, codec] of all) {
      const small = codec.encode('k', header, serialise(document(2000)))
      expect(small, name).toBeInstanceOf(Buffer)
      expect(codec.decode('k', small as Buffer), name).not.toBeInstanceOf(Promise)
    }
    const large = codecs.both.encode('k', header, serialise(document(100_000)))
    expect(large).toBeInstanceOf(Promise)
    expect(codecs.both.decode('k', await large)).toBeInstanceOf(Promise)
  })

  it('compresses from its threshold on, and only where it pays', async () => {
    const codec = codecOf({ compress: { threshold: 1000 } })
    const below = 'a'.repeat(997)
    expect((await write(codec, below))[2]).toBe(0)
    expect((await write(codec, `${below}a`))[2]).toBe(1)
    expect((await write(codec, `${below}a`)).length).toBeLessThan(200)
    expect((await write(codec, randomBytes(3000).toString('base64')))[2]).toBe(1)
    const incompressible = Array.from(randomBytes(3000), (byte) => String.fromCharCode(32 + (byte % 90))).join('')
    expect((await write(codec, incompressible))[2]).toBe(0)
  })

  it('writes without options what a plain entry is, byte for byte', async () => {
    expect(await write(codecOf(), { a: 1 })).toEqual(encodeEntry(header, serialise({ a: 1 })))
  })

  it('refuses a value whose text is longer than its limit', () => {
    const codec = createCodec(resolveCodecOptions({}, 1000), 'ttrpg')
    expect(() => codec.serialise('x'.repeat(16_000))).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_ENCODE' }))
    expect(codec.serialise('x'.repeat(15_998)).text).toHaveLength(16_000)
  })
})

describe('processes with different settings', () => {
  it('read each other’s entries, compressed or not', async () => {
    for (const writer of [codecs.plain, codecs.compressing]) {
      const bytes = await write(writer, document(3000))
      for (const reader of [codecs.plain, codecs.compressing]) expect(await read(reader, bytes)).toEqual(document(3000))
    }
    for (const writer of [codecs.sealing, codecs.both]) {
      const bytes = await write(writer, document(3000))
      for (const reader of [codecs.sealing, codecs.both]) expect(await read(reader, bytes)).toEqual(document(3000))
    }
  })

  it('miss what is sealed where there is no key, and what is not sealed where there is one', async () => {
    await expect(read(codecs.plain, await write(codecs.sealing, 1))).rejects.toThrow(unreadable)
    await expect(read(codecs.sealing, await write(codecs.plain, 1))).rejects.toThrow(unreadable)
    await expect(read(codecs.both, await write(codecs.compressing, document(3000)))).rejects.toThrow(unreadable)
  })

  it('miss what is compressed or sealed in a way they do not know', async () => {
    for (const [name, codec] of all) {
      for (const at of [2, 3]) {
        const bytes = await write(codec, document(500))
        bytes[at] = 9
        await expect(read(codec, bytes), `${name}, byte ${at}`).rejects.toThrow(unreadable)
      }
    }
  })

  it('inflate nothing longer than their own limit', async () => {
    const small = createCodec(resolveCodecOptions({}, 100), 'ttrpg')
    const bytes = await write(codecs.compressing, document(2000))
    await expect(read(small, bytes)).rejects.toThrow(unreadable)
  })
})

describe('a sealed entry', () => {
  it('is refused under another key or in another namespace', async () => {
    const bytes = await write(codecs.sealing, 'mine', 'user:1')
    expect(await read(codecs.sealing, bytes, 'user:1')).toBe('mine')
    await expect(read(codecs.sealing, bytes, 'user:2')).rejects.toThrow(unreadable)
    await expect(read(codecOf({ encrypt: ring }, 'other'), bytes, 'user:1')).rejects.toThrow(unreadable)
  })

  it('is refused when any bit of it was changed: stamp, life, tags and form too', async () => {
    for (const codec of [codecs.sealing, codecs.both]) {
      const bytes = await write(codec, document(200))
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const changed = Buffer.from(bytes)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        await expect(read(codec, changed), `bit ${bit}`).rejects.toThrow(unreadable)
      }
    }
  })

  it('keeps its tags readable, which the sweeper needs, and nothing of its value', async () => {
    const bytes = await write(codecs.sealing, { name: 'Feature Frog' })
    expect(bytes.includes('requirement:42')).toBe(true)
    expect(bytes.includes('Frog')).toBe(false)
  })

  it('is read by a ring that was rotated, until the key is gone', async () => {
    const keys = createKeyRing({ keys: { a: randomBytes(32) } })
    const codec = codecOf({ encrypt: keys })
    const bytes = await write(codec, 1)
    keys.rotate('b', randomBytes(32))
    expect([await read(codec, bytes), await read(codec, await write(codec, 2))]).toEqual([1, 2])
    keys.replace({ keys: { c: randomBytes(32) } })
    await expect(read(codec, bytes)).rejects.toThrow(unreadable)
  })
})

describe('bytes that are damaged', () => {
  it.each(all)('are an entry or unreadable after any flip and cut: %s', async (_name, codec) => {
    const small = await write(codec, { a: ['é🐉', 1, null], when: new Date(0) })
    const large = await write(codec, document(90_000))
    const damage = fc.record({
      bytes: fc.constantFrom(small, large),
      at: fc.oneof(fc.nat(120), fc.nat()),
      mask: fc.integer({ min: 1, max: 255 }),
      end: fc.option(fc.nat(), { freq: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(damage, async ({ bytes, at, mask, end }) => {
        const changed = Buffer.from(end === null ? bytes : bytes.subarray(0, end % bytes.length))
        if (changed.length > 0) changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ mask
        expect(await outcomeOf(() => codec.decode('k', changed))).not.toBe('another error')
      }),
      { numRuns: 400 },
    )
  })

  it.each(all)('are an entry or unreadable whatever they are: %s', async (_name, codec) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(0, 1, 2),
        fc.nat(1),
        async (any, two, three) => {
          const whole = await write(codec, null)
          const bytes = Buffer.concat([whole.subarray(0, whole.length - 8), any])
          bytes[2] = two
          bytes[3] = three
          expect(await outcomeOf(() => codec.decode('k', bytes))).not.toBe('another error')
        },
      ),
      { numRuns: 300 },
    )
  })
})
