import { describe, expect, it } from 'vitest'

import { instant, type Clock } from '../../../src/base/clock.ts'
import { FreshnessLease } from '../../../src/log/freshness-lease.ts'
import { fakeClock } from '../../support/fake-clock.ts'

let order = 0
const momentOf = (clock: Clock) => ({ ...instant(clock), order: (order += 1) })

describe('the freshness lease', () => {
  it('is as old as the sending of the heartbeat that granted it, not its answer', () => {
    const clock = fakeClock()
    const lease = new FreshnessLease(clock, 2000)
    const sent = momentOf(clock)
    clock.advance(300)
    lease.grant(sent)
    expect(lease.ageMs()).toBe(300)
  })

  it('is infinitely old before the first grant and after it was revoked', () => {
    const clock = fakeClock()
    const lease = new FreshnessLease(clock, 2000)
    expect(lease.ageMs()).toBe(Number.POSITIVE_INFINITY)
    lease.grant(momentOf(clock))
    lease.revoke()
    expect(lease.ageMs()).toBe(Number.POSITIVE_INFINITY)
  })

  it('does not grow older through an answer that comes late', () => {
    const clock = fakeClock()
    const lease = new FreshnessLease(clock, 2000)
    const first = momentOf(clock)
    clock.advance(100)
    lease.grant(momentOf(clock))
    lease.grant(first)
    expect(lease.ageMs()).toBe(0)
  })

  it('ages while a virtual machine is suspended, when the monotonic clock stands still (H9)', () => {
    const clock = fakeClock()
    const lease = new FreshnessLease(clock, 2000)
    lease.grant(momentOf(clock))
    clock.suspend(60_000)
    expect(lease.ageMs()).toBe(60_000)
  })

  it('ages when the wall clock is set back', () => {
    const clock = fakeClock()
    const lease = new FreshnessLease(clock, 2000)
    lease.grant(momentOf(clock))
    clock.advance(500)
    clock.setWall(clock.wallMs() - 3_600_000)
    expect(lease.ageMs()).toBe(500)
  })

  it('holds for the bound from the sending on, on both clocks', () => {
    const clock = fakeClock()
    const lease = new FreshnessLease(clock, 2000)
    expect(lease.holds(instant(clock))).toBe(false)
    lease.grant(momentOf(clock))
    const { monoMs, wallMs } = instant(clock)
    expect(lease.holds({ monoMs: monoMs + 2000, wallMs: wallMs + 2000 })).toBe(true)
    expect(lease.holds({ monoMs: monoMs + 2001, wallMs: wallMs - 3_600_000 })).toBe(false)
    expect(lease.holds({ monoMs, wallMs: wallMs + 2001 })).toBe(false)
    lease.revoke()
    expect(lease.holds({ monoMs, wallMs })).toBe(false)
  })

  it('holds no shorter through an answer that comes late', () => {
    const clock = fakeClock()
    const lease = new FreshnessLease(clock, 2000)
    const first = momentOf(clock)
    clock.advance(100)
    lease.grant(momentOf(clock))
    lease.grant(first)
    clock.advance(1950)
    expect(lease.holds(instant(clock))).toBe(true)
  })

  it('answers a strict read only for a heartbeat that was sent after the read began', () => {
    const clock = fakeClock()
    const lease = new FreshnessLease(clock, 2000)
    const sent = momentOf(clock)
    const readBegan = momentOf(clock)
    lease.grant(sent)
    expect(lease.isAfter(readBegan)).toBe(false)
    lease.grant(momentOf(clock))
    expect(lease.isAfter(readBegan)).toBe(true)
  })
})
