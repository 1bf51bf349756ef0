import { describe, expect, it } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import { StoreError } from '../../../src/base/errors.ts'
import type { HoldfastEvent } from '../../../src/base/events.ts'
import { startHeartbeat } from '../../../src/log/heartbeat.ts'
import { fakeClock } from '../../support/fake-clock.ts'

function beating(hear: () => Promise<void>) {
  const clock = fakeClock()
  const events = createEmitter<HoldfastEvent>()
  const told: HoldfastEvent[] = []
  events.on((event) => told.push(event))
  const heartbeat = startHeartbeat({ clock, events, heartbeatMs: 500, hear })
  /** Lets the timer fire and its beat end. */
  const next = async (): Promise<void> => {
    clock.advance(500)
    await new Promise(setImmediate)
  }
  return { heartbeat, told, next }
}

describe('the heartbeat', () => {
  it('beats at once and then at its interval', async () => {
    let beats = 0
    const { heartbeat, next } = beating(async () => void (beats += 1))
    await heartbeat.started
    expect(beats).toBe(1)
    await next()
    await next()
    expect(beats).toBe(3)
  })

  it('goes on when Redis does not answer, tells it once, and notices when it answers again', async () => {
    let away = true
    const { heartbeat, told, next } = beating(async () => {
      if (away) throw new StoreError('connection', 'away')
    })
    await heartbeat.started
    expect(heartbeat.answered()).toBe(false)
    await next()
    expect(told.map((event) => event.type)).toEqual(['error'])
    away = false
    await next()
    expect(heartbeat.answered()).toBe(true)
    away = true
    await next()
    expect(told).toHaveLength(2)
  })

  it('stops when it is closed', async () => {
    let beats = 0
    const { heartbeat, next } = beating(async () => void (beats += 1))
    await heartbeat.started
    heartbeat.close()
    await next()
    expect(beats).toBe(1)
  })
})
