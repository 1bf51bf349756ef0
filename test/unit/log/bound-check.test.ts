import { describe, expect, it } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import { StoreError } from '../../../src/base/errors.ts'
import type { HoldfastEvent } from '../../../src/base/events.ts'
import { startBoundCheck } from '../../../src/log/bound-check.ts'
import type { Acknowledge } from '../../../src/log/replication.ts'
import type { BoundState } from '../../../src/redis/fence.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const held: BoundState = { bound: 'held' }
const open: BoundState = { bound: 'unfenced', why: 'no fence' }
const turn = (): Promise<void> => new Promise(setImmediate)

function checking(answers: readonly (BoundState | 'away')[], acknowledge: Acknowledge = 'primary') {
  const clock = fakeClock()
  const events = createEmitter<HoldfastEvent>()
  const told: string[] = []
  events.on((event) => told.push(event.type))
  let asked = 0
  const fence = async (): Promise<BoundState> => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? 'away'
    asked += 1
    if (answer === 'away') throw new StoreError('connection', 'away')
    return answer
  }
  return { check: startBoundCheck({ clock, events, acknowledge, fence }), clock, told, asked: () => asked }
}

describe('the check of the bound', () => {
  it('asks at the start, every minute and when told to, and says nothing before it was answered', async () => {
    const { check, clock } = checking([held, open, held])
    expect(check.state()).toMatchObject({ bound: 'unfenced', why: expect.stringMatching(/^unknown/) })
    await turn()
    expect(check.state()).toEqual(held)
    clock.advance(60_000)
    await turn()
    expect(check.state()).toEqual(open)
    await check.check()
    expect(check.state()).toEqual(held)
  })

  it('keeps what it found while Redis is away, and tells that', async () => {
    const { check, clock, told } = checking([held, 'away'])
    await turn()
    clock.advance(60_000)
    await turn()
    expect(check.state()).toEqual(held)
    expect(told).toEqual(['error'])
  })

  it('has nothing to ask where replicas are waited for', async () => {
    const { check, asked } = checking([open], 'replicated')
    await turn()
    expect([check.state(), asked()]).toEqual([held, 0])
  })

  it('ends with its close', async () => {
    const { check, clock, asked } = checking([held])
    await turn()
    check.close()
    clock.advance(600_000)
    expect(asked()).toBe(1)
  })
})
