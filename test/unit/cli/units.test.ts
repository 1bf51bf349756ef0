import { describe, expect, it } from 'vitest'

import { bytes, count, fromNow, milliseconds, perSecond, ratio, span, timestamp } from '../../../src/cli/units.ts'

describe('figures for a person', () => {
  it('are a dash where nobody measured, never a zero', () => {
    expect([ratio(null), count(null), milliseconds(null), bytes(null), fromNow(null, 0)]).toEqual([
      '–',
      '–',
      '–',
      '–',
      '–',
    ])
  })

  it('have units that fit', () => {
    expect([bytes(0), bytes(1023), bytes(1536), bytes(5 * 1024 ** 3)]).toEqual(['0 B', '1023 B', '1.5 KiB', '5.0 GiB'])
    expect([milliseconds(0.25), milliseconds(4.26), milliseconds(250), milliseconds(61_000)]).toEqual([
      '250 µs',
      '4.3 ms',
      '250 ms',
      '1m 1s',
    ])
    expect([ratio(0.7213), count(1_234_567), perSecond(3.26), perSecond(45_000)]).toEqual([
      '72.1 %',
      '1,234,567',
      '3.3/s',
      '45,000/s',
    ])
  })

  it('say lengths of time in their two largest units', () => {
    expect([span(0), span(999), span(90_000), span(7_500_000), span(90_000_000)]).toEqual([
      '0s',
      '1s',
      '1m 30s',
      '2h 5m',
      '1d 1h',
    ])
  })

  it('say how far a moment lies from now', () => {
    expect([fromNow(61_000, 1000), fromNow(1000, 61_000)]).toEqual(['in 1m', '1m ago'])
    expect(timestamp(Date.UTC(2026, 10, 23, 7, 5, 9))).toBe('2026-11-23 07:05:09')
  })
})
