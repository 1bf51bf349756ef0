/** Keeps asking whether the bound holds through a failover: at the start, in each new epoch, and every minute. */
import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import { StoreError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'
import type { BoundState } from '../redis/fence.ts'
import type { Acknowledge } from './replication.ts'

export interface BoundCheckDeps {
  readonly clock: Clock
  readonly events: Emitter<HoldfastEvent>
  readonly acknowledge: Acknowledge
  readonly fence: () => Promise<BoundState>
}

export interface BoundCheck {
  /** What the last check found. */
  state(): BoundState
  /** Asks now, as after a failover. */
  check(): Promise<void>
  close(): void
}

const EVERY_MS = 60_000
const UNASKED: BoundState = { bound: 'unfenced', why: 'unknown: Redis has not answered yet how it is fenced' }

export function startBoundCheck({ clock, events, acknowledge, fence }: BoundCheckDeps): BoundCheck {
  // Whoever waits for replicas needs no fence.
  if (acknowledge !== 'primary') {
    return { state: () => ({ bound: 'held' }), check: async () => undefined, close: () => undefined }
  }
  let state = UNASKED
  let closed = false
  let cancel = (): void => undefined

  const check = async (): Promise<void> => {
    try {
      state = await fence()
    } catch (error) {
      // What was found before stands: settings outlive an outage, and a new epoch asks again.
      if (!(error instanceof StoreError)) throw error
      if (!closed) events.emit({ type: 'error', operation: 'fence', error })
    }
  }
  const loop = async (): Promise<void> => {
    await check()
    if (!closed) cancel = clock.after(EVERY_MS, () => void loop())
  }
  void loop()

  return {
    state: () => state,
    check,
    close() {
      closed = true
      cancel()
    },
  }
}
