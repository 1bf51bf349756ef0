import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { DecodeError } from '../../../src/base/errors.ts'
import { decodeEntry, decodeEntryRaw, encodeEntry, type EntryHeader } from '../../../src/codec/entry.ts'
import { PayloadFormat, serialise } from '../../../src/codec/serialise.ts'
import { attempt } from '../../support/attempt.ts'
import { headers } from './headers.ts'
import { header } from './round-trip.ts'

const HEADER_BYTES = 45
const value = { a: ['é🐉', 1, null], when: new Date(0) }
const unreadable = expect.objectContaining({ name: 'DecodeError', code: 'ERR_HOLDFAST_DECODE' })

const encoded = (changes: Partial<EntryHeader> = {}, stored: unknown = value): Buffer =>
  encodeEntry({ ...header, ...changes }, serialise(stored))

/** Whether the bytes decode, or cannot be read in the one way in which they may not. */
function isEntryOrUnreadable(bytes: Buffer): boolean {
  const outcome = attempt(() => decodeEntry(bytes))
  return !(outcome instanceof Error) || outcome instanceof DecodeError
}

describe('an entry', () => {
  it('comes back with its value and all that decides whether it may be served', () => {
    expect(decodeEntry(encoded())).toEqual({ ...header, value })
    expect(decodeEntry(encoded({ tags: [] }, null))).toEqual({ ...header, tags: [], value: null })
  })

  it('comes back whatever its header holds', () => {
    fc.assert(
      fc.property(headers, fc.jsonValue(), (any, stored) => {
        expect(decodeEntry(encodeEntry(any, serialise(stored)))).toEqual({ ...any, value: stored })
      }),
    )
  })

  it('comes back at the extremes of its numbers', () => {
    const extreme = {
      stamp: { epoch: '-----------', position: Number.MAX_SAFE_INTEGER },
      tags: [],
      freshUntilMs: 2 ** 49 - 1,
      goneAtMs: 0,
      loadCostMs: 0,
    }
    expect(decodeEntry(encodeEntry(extreme, serialise(0)))).toEqual({ ...extreme, value: 0 })
    const zero = { ...extreme, stamp: { epoch: '___________', position: 0 }, freshUntilMs: 0, goneAtMs: 2 ** 49 - 1 }
    expect(decodeEntry(encodeEntry(zero, serialise(0)))).toEqual({ ...zero, value: 0 })
  })

  it('holds the largest number that fits for one that is too large, instead of one that wrapped around', () => {
    const back = decodeEntry(encoded({ freshUntilMs: Number.MAX_VALUE, goneAtMs: 2 ** 49, loadCostMs: 1e15 }))
    expect(back).toMatchObject({ freshUntilMs: 2 ** 49 - 1, goneAtMs: 2 ** 49 - 1, loadCostMs: (2 ** 35 - 1) / 1000 })
    expect(decodeEntry(encoded({ freshUntilMs: 1_800_000_000_000.7, goneAtMs: -1 }))).toMatchObject({
      freshUntilMs: 1_800_000_000_000,
      goneAtMs: 0,
    })
  })

  it('is refused when its tags are more than their length can say', () => {
    const tag = 'x'.repeat(1024)
    const many = Array.from({ length: 2042 }, () => tag)
    expect(decodeEntry(encoded({ tags: many })).tags).toHaveLength(2042)
    expect(() => encoded({ tags: [...many, tag] })).toThrow(
      expect.objectContaining({ code: 'ERR_HOLDFAST_ENCODE', message: expect.stringContaining('The 2043 tags') }),
    )
  })
})

describe('an entry that is not parsed', () => {
  it('gives the text as it was written, without a copy, and the same header', () => {
    const payload = serialise({ a: ['é🐉', 1, null] })
    const bytes = encodeEntry(header, payload)
    const raw = decodeEntryRaw(bytes)
    expect(raw.payload.text.toString()).toBe('{"a":["é🐉",1,null]}')
    expect(raw.payload.text.buffer).toBe(bytes.buffer)
    expect([raw.payload.format, raw.header]).toEqual([PayloadFormat.json, header])
  })

  it('is given even where its text is damaged, which whoever parses it finds', () => {
    const bytes = encodeEntry(header, { format: PayloadFormat.json, text: '{"a"' })
    expect(decodeEntryRaw(bytes).payload.text.toString()).toBe('{"a"')
    expect(() => decodeEntry(bytes)).toThrow(unreadable)
  })
})

describe('bytes that are not an entry', () => {
  it('are unreadable in every truncation, and the message says which part is missing', () => {
    const bytes = encoded()
    const payloadFrom = bytes.length - Buffer.byteLength(serialise(value).text)
    for (let length = 0; length < bytes.length; length += 1) {
      const missing = length < HEADER_BYTES ? `it has ${length} bytes` : length < payloadFrom ? 'tags are cut off' : ''
      const cut = (): unknown => decodeEntry(bytes.subarray(0, length))
      expect(cut, `${length} bytes`).toThrow(unreadable)
      expect(cut, `${length} bytes`).toThrow(missing)
    }
  })

  it('are unreadable in another version, format, compression or cipher', () => {
    const foreign = { 0: [0, 2, 255], 1: [0, 3], 2: [1], 3: [1] }
    for (const [at, byte] of Object.entries(foreign).flatMap(([at, bytes]) =>
      bytes.map((byte) => [Number(at), byte] as const),
    )) {
      const bytes = encoded()
      bytes[at] = byte
      expect(() => decodeEntry(bytes), `byte ${at} = ${byte}`).toThrow(unreadable)
    }
  })

  it('are unreadable when what stands for tags is no list of texts', () => {
    for (const tags of ['{"a":1}', '["a",1]', '"a"', '[1]', '[', 'null', '[["a"]]']) {
      const bytes = Buffer.concat([encoded({ tags: [] }).subarray(0, HEADER_BYTES), Buffer.from(`${tags}1`)])
      bytes[44] = tags.length
      expect(() => decodeEntry(bytes), tags).toThrow(unreadable)
    }
  })

  it('are an entry or unreadable after any flip of one byte', () => {
    for (const bytes of [encoded(), encoded({ tags: [] }, [1, 'a', { b: null }])]) {
      for (let at = 0; at < bytes.length; at += 1) {
        for (const flip of [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff]) {
          const flipped = Buffer.from(bytes)
          flipped[at] = (flipped[at] ?? 0) ^ flip
          expect(isEntryOrUnreadable(flipped), `byte ${at} ^ ${flip}`).toBe(true)
        }
      }
    }
  })

  it('are an entry or unreadable whatever they are', () => {
    const foreign = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
    const behindHeader = foreign.map((bytes) => Buffer.concat([encoded({ tags: [] }).subarray(0, HEADER_BYTES), bytes]))
    const json = fc
      .tuple(fc.constantFrom(PayloadFormat.json, PayloadFormat.rich), fc.json())
      .map(([format, text]) => encodeEntry(header, { format, text }))
    fc.assert(
      fc.property(fc.oneof(foreign, behindHeader, json), (bytes) => {
        expect(isEntryOrUnreadable(bytes)).toBe(true)
      }),
      { numRuns: 1000 },
    )
    for (const text of ['', 'OK', '{"value":1}', '*3\r\n']) {
      expect(() => decodeEntry(Buffer.from(text))).toThrow(unreadable)
    }
  })
})
