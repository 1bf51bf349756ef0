import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ageMs, elapsedMs, instant, systemClock } from '../../../src/base/clock.ts'
import { fakeClock } from '../../support/fake-clock.ts'

describe('an age', () => {
  it('is what both clocks say when nothing is wrong with them', () => {
    const clock = fakeClock()
    const moment = instant(clock)
    clock.advance(1500)
    expect(ageMs(clock, moment)).toBe(1500)
    expect(elapsedMs(moment, instant(clock))).toBe(1500)
  })

  it('counts the time that a machine was suspended, when its monotonic clock stood still', () => {
    const clock = fakeClock()
    const moment = instant(clock)
    clock.advance(10)
    clock.suspend(60_000)
    expect(ageMs(clock, moment)).toBe(60_010)
    expect(elapsedMs(moment, instant(clock))).toBe(60_010)
  })

  it('does not shrink when the wall clock is set back', () => {
    const clock = fakeClock()
    const moment = instant(clock)
    clock.advance(500)
    clock.setWall(clock.wallMs() - 3_600_000)
    expect(ageMs(clock, moment)).toBe(500)
    expect(elapsedMs(moment, instant(clock))).toBe(500)
  })
})

describe('the clock of this machine', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.restoreAllMocks().useRealTimers())

  it('tells the time of day and a time that only rises', () => {
    const before = instant(systemClock)
    vi.setSystemTime(before.wallMs - 1000)
    vi.advanceTimersByTime(250)
    expect(systemClock.wallMs()).toBe(before.wallMs - 750)
    expect(systemClock.monoMs()).toBe(before.monoMs + 250)
  })

  it('runs a task once after its delay', () => {
    const task = vi.fn<() => void>()
    systemClock.after(100, task)
    vi.advanceTimersByTime(99)
    expect(task).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1000)
    expect(task).toHaveBeenCalledTimes(1)
  })

  it('does not run a task that was cancelled', () => {
    const task = vi.fn<() => void>()
    const cancel = systemClock.after(100, task)
    cancel()
    vi.advanceTimersByTime(1000)
    expect(task).not.toHaveBeenCalled()
  })

  it('does not keep the process alive for a task', () => {
    const unref = vi.fn<() => void>()
    vi.spyOn(globalThis, 'setTimeout').mockReturnValue({ unref } as unknown as NodeJS.Timeout)
    systemClock.after(100, () => undefined)
    expect(unref).toHaveBeenCalledTimes(1)
  })

  it('holds a task for a month, which a timer of Node.js would run after a millisecond', () => {
    const task = vi.fn<() => void>()
    systemClock.after(30 * 86_400_000, task)
    vi.advanceTimersByTime(24 * 86_400_000)
    expect(task).not.toHaveBeenCalled()
  })
})
