/** Logs of several processes on one model Redis, which a test may have fail, forget or answer something else. */
import { onTestFinished } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import type { HoldfastEvent } from '../../../src/base/events.ts'
import { createLog, type InvalidationLog, type LogDeps } from '../../../src/log/log.ts'
import type { StreamEntry } from '../../../src/redis/redis.ts'
import { modelFleet, type ModelFleet } from '../../simulation/redis/model-fleet.ts'

export interface ModelLog {
  readonly log: InvalidationLog
  readonly told: HoldfastEvent[]
  /** Hands it records as its tail would bring them; undefined while the tail does not ask. */
  readonly bring: (entries: readonly StreamEntry[]) => void
}

export interface ModelLogs extends ModelFleet {
  readonly open: (options?: Partial<LogDeps>) => ModelLog
  /** The stream of the log from a position on. */
  readonly records: (after?: number) => readonly StreamEntry[]
}

export const HEAD = 'hf:{test}:head'
export const STREAM = 'hf:{test}:log'

export function modelLogs(): ModelLogs {
  const fleet = modelFleet()
  let ids = 0
  return {
    ...fleet,
    records: (after = 0) => fleet.server.streamAfter(STREAM, `${after}-0`),
    open(options = {}) {
      const events = createEmitter<HoldfastEvent>()
      const told: HoldfastEvent[] = []
      events.on((event) => told.push(event))
      let read: ((entries: readonly StreamEntry[]) => void) | undefined
      const openStreamReader = () => ({
        readAfter: () => new Promise<readonly StreamEntry[]>((resolve) => (read = resolve)),
        close: () => undefined,
      })
      const process = (ids += 1)
      let own = 0
      const log = createLog({
        redis: { ...fleet.redis, openStreamReader },
        namespace: 'test',
        clock: fleet.clock,
        random: { id: () => `${process}-${(own += 1)}`, fraction: () => 0 },
        events,
        boundMs: 2000,
        heartbeatMs: 500,
        defer: (task) => void setImmediate(task),
        ...options,
      })
      onTestFinished(() => log.close())
      return { log, told, bring: (entries) => read?.(entries) }
    },
  }
}

/** Lets everything run that needs no more time. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate)
}
