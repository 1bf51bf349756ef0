import { describe, expect, it } from 'vitest'

import { Machine } from './time/machine.ts'
import { Scheduler, WORLD } from './time/scheduler.ts'

describe('the scheduler', () => {
  it('runs events by time, then by arrival, with every promise between two of them', async () => {
    const scheduler = new Scheduler()
    const seen: string[] = []
    scheduler.after(20, WORLD, () => seen.push('late'))
    scheduler.after(10, WORLD, () => {
      seen.push('first')
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => seen.push('its promise'))
    })
    scheduler.after(10, WORLD, () => seen.push('second'))
    await scheduler.runUntil(15)
    expect([seen, scheduler.nowUs]).toEqual([['first', 'its promise', 'second'], 15])
  })

  it('makes the events of a machine that stands still wait, and lets both its clocks go on', async () => {
    const scheduler = new Scheduler()
    const machine = new Machine('m', scheduler, 0)
    const began = machine.clock.monoMs()
    let firedMs = 0
    machine.clock.after(1, () => {
      firedMs = machine.clock.monoMs() - began
    })
    machine.stall(5000)
    await scheduler.runUntil(10_000)
    expect(firedMs).toBe(5)
  })

  it('stops the monotonic clock of a suspended machine, and never turns it back', async () => {
    const scheduler = new Scheduler()
    const machine = new Machine('m', scheduler, 0)
    const began = { mono: machine.clock.monoMs(), wall: machine.clock.wallMs() }
    machine.suspend(4000)
    await scheduler.runUntil(1000)
    machine.suspend(4000)
    await scheduler.runUntil(5000)
    expect([machine.clock.monoMs() - began.mono, machine.clock.wallMs() - began.wall]).toEqual([0, 5])
  })

  it('never runs what belongs to a dead machine, nor what was cancelled', async () => {
    const scheduler = new Scheduler()
    const machine = new Machine('m', scheduler, 0)
    const seen: string[] = []
    machine.clock.after(1, () => seen.push('dead'))
    scheduler.after(1, WORLD, () => seen.push('cancelled'))()
    machine.crash()
    await scheduler.runUntil(5000)
    expect(seen).toEqual([])
  })
})
