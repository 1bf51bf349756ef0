import { describe, expect, it } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import { StoreError } from '../../../src/base/errors.ts'
import type { HoldfastEvent } from '../../../src/base/events.ts'
import { systemRandom } from '../../../src/base/random.ts'
import { logKeys } from '../../../src/keys/redis-key.ts'
import { createFleetSwitch } from '../../../src/log/fleet-switch.ts'
import { Marks } from '../../../src/log/marks.ts'
import type { RedisCommands } from '../../../src/redis/redis.ts'

/** A switch on a Redis that answers with the versions given, one after the other, and is away where there is none. */
function switching(...versions: (number | undefined)[]) {
  const events = createEmitter<HoldfastEvent>()
  const told: string[] = []
  events.on((event) => told.push(event.type === 'switch' ? `${event.enabled} ${event.by}` : event.type))
  const sent: string[] = []
  const run: RedisCommands['run'] = async (_script, _keys, args) => {
    const version = versions.shift()
    if (version === undefined) throw new StoreError('connection', 'away')
    sent.push(`${String(args[3])} ${String(args[7])}`)
    return String(version)
  }
  const redis = { run } as RedisCommands
  const made = createFleetSwitch({ redis, random: systemRandom, events, keys: logKeys('n'), marks: new Marks() })
  return { made, told, sent }
}

const state = (version: number, enabled: boolean, by = 'other') => ({ version, enabled, by, reason: '' })

describe('the switch', () => {
  it('is on until somebody says otherwise', () => {
    const { made, told } = switching()
    made.found(undefined)
    expect(made.enabled()).toBe(true)
    expect(told).toEqual([])
  })

  it('changes here at once, and says whether Redis has it', async () => {
    const { made, told } = switching(5)
    const switched = made.switchTo(false, { by: 'ann' })
    expect(made.enabled()).toBe(false)
    expect(await switched).toEqual({ acknowledged: true })
    expect(told).toEqual(['false ann'])
  })

  it('takes the younger of two positions, whichever came first', () => {
    const { made, told } = switching()
    made.heard(state(7, false))
    made.heard(state(6, true))
    made.heard(state(7, false))
    expect(made.enabled()).toBe(false)
    made.heard(state(8, true))
    expect(told).toEqual(['false other', 'true other'])
  })

  it('stands against what others said before, while Redis is away, and is sent when it answers', async () => {
    const { made, told, sent } = switching(undefined, 9)
    expect(await made.switchTo(false, { by: 'ann' })).toEqual({ acknowledged: false })
    made.heard(state(8, true))
    expect(made.enabled()).toBe(false)
    await made.flush()
    expect(sent).toEqual(['0 '])
    made.heard(state(8, true))
    expect(made.enabled(), 'older than ours').toBe(false)
    expect(told).toEqual(['false ann', 'error'])
    await made.flush()
    expect(sent, 'sent once').toHaveLength(1)
  })

  it('is put back into a Redis that has lost it', async () => {
    const { made, sent } = switching(7, 0)
    await made.switchTo(false, {})
    made.found(undefined)
    expect(made.enabled()).toBe(false)
    await made.flush()
    expect(sent).toEqual(['0 ', '0 7'])
    made.found(state(7, false))
    await made.flush()
    expect(sent).toHaveLength(2)
  })
})
