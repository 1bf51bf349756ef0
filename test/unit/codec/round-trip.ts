import { decodeEntry, encodeEntry, type EntryHeader } from '../../../src/codec/entry.ts'
import { serialise } from '../../../src/codec/serialise.ts'

export const header: EntryHeader = {
  stamp: { epoch: 'abcdefghijk', position: 1_800_000_000_000_001 },
  tags: ['requirement:42', 'é🐉'],
  freshUntilMs: 1_800_000_360_000,
  goneAtMs: 1_800_000_720_000,
  loadCostMs: 12.345,
}

/** A value through all that happens to it on its way through Redis. */
export function roundTrip(value: unknown): unknown {
  return decodeEntry(encodeEntry(header, serialise(value))).value
}
