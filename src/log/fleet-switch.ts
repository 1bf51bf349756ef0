/**
 * Whether the fleet caches at all: one position for every process of a namespace, to be changed while they run.
 *
 * It lies in a hash of its own, which epochs do not touch, and every heartbeat brings it; that alone makes it reach
 * everyone. To reach them at once it is a record of the log too, and not a message of a channel: the tail that brings
 * records is there already, what it misses the next heartbeat makes good, and a channel would need one more connection in
 * each process. Of two positions the one with the higher version counts, whichever way it came.
 *
 * It holds in the process that switches from the call on, whatever Redis does, and is sent when Redis answers again. A
 * Redis that has lost it (a restart without a file) gets it back from the first process that notices; only a process that
 * starts before that finds caching on. It protects no promise: entries are judged the same, on or off.
 */
import type { Emitter } from '../base/emitter.ts'
import { StoreError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'
import type { Random } from '../base/random.ts'
import type { LogKeys } from '../keys/redis-key.ts'
import type { RedisCommands } from '../redis/redis.ts'
import { RECORDS_KEPT, type InvalidationNote } from './appender.ts'
import type { Marks } from './marks.ts'
import type { SwitchState } from './record.ts'
import { SWITCH } from './scripts.ts'

export interface FleetSwitchDeps {
  readonly redis: RedisCommands
  readonly random: Random
  readonly events: Emitter<HoldfastEvent>
  readonly keys: LogKeys
  readonly marks: Marks
}

export interface FleetSwitch {
  enabled(): boolean
  switchTo(enabled: boolean, note: InvalidationNote): Promise<{ readonly acknowledged: boolean }>
  /** Takes in what a record says. */
  heard(state: SwitchState): void
  /** Takes in what a heartbeat found stored; undefined when there is nothing. */
  found(state: SwitchState | undefined): void
  /** Sends what Redis lacks. @throws StoreError */
  flush(): Promise<void>
}

type Position = Omit<SwitchState, 'version'>

const ON: Position = { enabled: true, by: '', reason: '' }

export function createFleetSwitch({ redis, random, events, keys, marks }: FleetSwitchDeps): FleetSwitch {
  let position = ON
  // The youngest that Redis is known to have had.
  let known: SwitchState | undefined
  // Made here and not acknowledged: it stands until it has become the youngest.
  let pending: Position | undefined
  let isLost = false

  const take = (next: Position): void => {
    const changed = next.enabled !== position.enabled
    position = next
    if (changed) events.emit({ type: 'switch', enabled: next.enabled, by: next.by, reason: next.reason })
  }
  const send = async ({ enabled, by, reason }: Position, version: string): Promise<string> => {
    const seen = [marks.epoch, marks.applied, random.id()]
    const args = [...seen, enabled ? 1 : 0, by, reason, RECORDS_KEPT, version]
    return String(await redis.run(SWITCH, [keys.head, keys.log, keys.probe, keys.switch], args))
  }
  const sendPending = async (): Promise<void> => {
    const sent = pending
    if (!sent) return
    const version = Number(await send(sent, ''))
    if (pending === sent) pending = undefined
    heard({ ...sent, version })
  }
  const heard = (state: SwitchState): void => {
    if (known && state.version <= known.version) return
    known = state
    if (!pending) take(state)
  }

  return {
    enabled: () => position.enabled,
    async switchTo(enabled, { by = '', reason = '' }) {
      pending = { enabled, by, reason }
      take(pending)
      try {
        await sendPending()
        return { acknowledged: true }
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        events.emit({ type: 'error', operation: 'switch', error })
        return { acknowledged: false }
      }
    },
    heard,
    found(state) {
      // Perhaps only an answer that was on its way while a younger one was stored: the script will not be fooled.
      isLost = known !== undefined && (state?.version ?? 0) < known.version
      if (state) heard(state)
    },
    async flush() {
      await sendPending()
      if (!isLost || !known) return
      isLost = false
      await send(known, String(known.version))
    },
  }
}
