import * as fc from 'fast-check'

import type { EntryHeader, Stamp } from '../../../src/codec/header.ts'

const epochs = fc.stringMatching(/^[A-Za-z0-9_-]{11}$/)
export const positions = fc.maxSafeNat()
export const stamps: fc.Arbitrary<Stamp> = fc.record({ epoch: epochs, position: positions })
export const headers: fc.Arbitrary<EntryHeader> = fc.record({
  stamp: stamps,
  tags: fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }),
  freshUntilMs: fc.maxSafeNat().map((ms) => ms % 2 ** 49),
  goneAtMs: fc.maxSafeNat().map((ms) => ms % 2 ** 49),
  loadCostMs: fc.nat(2 ** 31).map((us) => us / 1000),
})
