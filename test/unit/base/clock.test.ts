import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ageMs, elapsedMs, Glance, instant, systemClock } from '../../../src/base/clock.ts'
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

describe('a glance', () => {
  it('looks at both clocks when the wall clock has moved, and sets the other ahead by what it may be behind', () => {
    const clock = fakeClock()
    const glance = new Glance(clock)
    clock.advance(250)
    glance.look()
    expect(glance).toMatchObject({ wallMs: clock.wallMs(), monoMs: clock.monoMs() + 1 })
  })

  it('looks at one clock while it shows the same millisecond', () => {
    const clock = fakeClock()
    const looks = vi.spyOn(clock, 'monoMs')
    const glance = new Glance(clock)
    for (let hit = 0; hit < 60; hit += 1) glance.look()
    expect(looks).toHaveBeenCalledTimes(1)
  })

  it('is never younger than an instant of the same time, however the wall clock is set', () => {
    const clock = fakeClock()
    const glance = new Glance(clock)
    for (const step of [0, 0.4, 3, 0.2, 5000]) {
      clock.advance(step)
      if (step === 3) clock.setWall(clock.wallMs() - 60_000)
      glance.look()
      expect(glance.monoMs).toBeGreaterThanOrEqual(clock.monoMs())
      expect(glance.wallMs).toBe(clock.wallMs())
    }
  })

  it('is not stopped by a wall clock that stands still', () => {
    const clock = fakeClock()
    const glance = new Glance(clock)
    const wallMs = clock.wallMs()
    glance.look()
    clock.advance(5000)
    clock.setWall(wallMs)
    for (let hit = 0; hit < 65; hit += 1) glance.look()
    expect(glance.monoMs).toBe(clock.monoMs() + 1)
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
