import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { encodeEntry } from '../../../src/codec/entry.ts'
import { readHeader, STAMP_RANGE, type EntryHeader } from '../../../src/codec/header.ts'
import { PayloadFormat, serialise } from '../../../src/codec/serialise.ts'
import { headers, positions, stamps } from './headers.ts'
import { header } from './round-trip.ts'

const HEADER_BYTES = 45

const encoded = (changes: Partial<EntryHeader> = {}): Buffer => encodeEntry({ ...header, ...changes }, serialise(1))

/** What the script of the store cuts out of an entry, with the offsets of Lua. */
function cut(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('latin1', STAMP_RANGE.start, STAMP_RANGE.end + 1).slice(from - 1, to)
}

describe('the header of an entry', () => {
  it('has no byte of 0x80 or more, tags included', () => {
    fc.assert(
      fc.property(headers, (any) => {
        const bytes = encodeEntry(any, serialise(''))
        expect(bytes.subarray(0, -2).every((byte) => byte < 0x80)).toBe(true)
      }),
    )
  })

  it('is laid out as its comment draws it', () => {
    const bytes = encodeEntry(
      { stamp: { epoch: 'abcdefghijk', position: 1 }, tags: ['é'], freshUntilMs: 2, goneAtMs: 3, loadCostMs: 0.004 },
      serialise('payload'),
    )
    const tags = String.raw`["\u00e9"]`
    expect([...bytes.subarray(0, 4)]).toEqual([1, PayloadFormat.json, 0, 0])
    expect(bytes.toString('latin1', 4, 15)).toBe('abcdefghijk')
    expect([bytes[22], bytes[29], bytes[36], bytes[41], bytes[44]]).toEqual([1, 2, 3, 4, tags.length])
    expect(bytes.toString('latin1', HEADER_BYTES)).toBe(`${tags}"payload"`)
    expect(encodeEntry({ ...header, tags: [] }, serialise(null))).toHaveLength(HEADER_BYTES + 'null'.length)
  })

  it('has its stamp where a script looks for it', () => {
    fc.assert(
      fc.property(stamps, (stamp) => {
        const bytes = encoded({ stamp })
        expect(cut(bytes, STAMP_RANGE.epochFrom, STAMP_RANGE.epochTo)).toBe(stamp.epoch)
        const groups = Buffer.from(cut(bytes, STAMP_RANGE.positionFrom, STAMP_RANGE.positionTo), 'latin1')
        const position = groups.reduce((sum, group) => sum * 128n + BigInt(group), 0n)
        expect(position).toBe(BigInt(stamp.position))
      }),
    )
  })

  it('has positions that compare as texts the way they compare as numbers', () => {
    const textOf = (position: number): string =>
      cut(encoded({ stamp: { epoch: 'abcdefghijk', position } }), STAMP_RANGE.positionFrom, STAMP_RANGE.positionTo)
    const close = fc
      .tuple(positions, fc.nat(300))
      .map(([one, more]) => [one, Math.min(one + more, 2 ** 53 - 1)] as const)
    fc.assert(
      fc.property(fc.oneof(fc.tuple(positions, positions), close), ([one, other]) => {
        expect(Math.sign(Buffer.compare(Buffer.from(textOf(one)), Buffer.from(textOf(other))))).toBe(
          Math.sign(one - other),
        )
        expect(textOf(one) > textOf(other)).toBe(one > other)
      }),
    )
  })

  it('is read without looking at the payload', () => {
    expect(readHeader(encoded())).toEqual({
      header,
      form: { format: PayloadFormat.json, compression: 0, cipher: 0 },
      payloadFrom: encoded().length - 1,
    })
  })

  it('takes no epoch of another length or alphabet, which would shift into the stamp', () => {
    for (const epoch of ['', 'abcdefghij', 'abcdefghijkl', 'abcdefghij=', 'abcdefghijé', 'abcdefghij\n']) {
      expect(() => encoded({ stamp: { epoch, position: 1 } }), JSON.stringify(epoch)).toThrow(
        expect.objectContaining({ code: 'ERR_HOLDFAST_ENCODE', message: expect.stringContaining('11 characters') }),
      )
    }
  })
})
