import { inspect } from 'node:util'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { toMs, type Duration } from '../../../src/base/duration.ts'
import { ConfigError } from '../../../src/base/errors.ts'
import { attempt } from '../../support/attempt.ts'

describe('a duration', () => {
  it('is milliseconds, or a number with a unit', () => {
    expect(toMs(0)).toBe(0)
    expect(toMs(1500)).toBe(1500)
    expect(toMs('250ms')).toBe(250)
    expect(toMs('2s')).toBe(2000)
    expect(toMs('1.5s')).toBe(1500)
    expect(toMs('15m')).toBe(900_000)
    expect(toMs('1h')).toBe(3_600_000)
    expect(toMs('7d')).toBe(604_800_000)
  })

  it('is refused with the option’s name and what it got when it is no length of time', () => {
    const refused = ['', '5', 's', '-1s', '+1s', '1 s', ' 1s', '1s\n', '1e3ms', '1S', '1w', '0x10s', '1.s', '١s', null]
    for (const wrong of [...refused, undefined, Number.NaN, Infinity, -1, true, {}, [], ['1s'], Object.create(null)]) {
      expect(() => toMs(wrong as Duration, 'ttl'), inspect(wrong)).toThrow(
        expect.objectContaining({
          code: 'ERR_HOLDFAST_CONFIG',
          message: expect.stringMatching(/^ttl must be .+, got .+/),
        }),
      )
    }
  })

  it('is refused when it is longer than a number can say', () => {
    expect(() => toMs(`${'9'.repeat(400)}d` as Duration)).toThrow(
      expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG' }),
    )
  })

  it('is shown as it was written, also where JSON has no word for it', () => {
    expect(() => toMs(Number.NaN)).toThrow('got NaN')
    expect(() => toMs(Infinity)).toThrow('got Infinity')
    expect(() => toMs(5n as unknown as Duration)).toThrow('got 5n')
    expect(() => toMs('soon' as Duration)).toThrow("got 'soon'")
  })

  it('never is anything but a finite length of time or a ConfigError', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true }), (anything) => {
        const outcome = attempt(() => toMs(anything as Duration))
        expect(outcome instanceof ConfigError || (Number.isFinite(outcome) && Number(outcome) >= 0)).toBe(true)
      }),
    )
  })
})
