/** Connections that came and went, the turns of the breaker and of health: the last hundred, newest first. */
import type { Clock } from '../base/clock.ts'
import type { RedisEvent } from '../redis/events.ts'
import type { ConnectionsBody } from './contract/servers.ts'

const KEPT = 100

type Row = ConnectionsBody['log'][number]

export interface ConnectionLog {
  note(event: RedisEvent): void
  list(): readonly Row[]
}

export function createConnectionLog(clock: Clock): ConnectionLog {
  const rows: Row[] = []
  return {
    note(event) {
      const row = rowOf(event)
      if (!row) return
      rows.unshift({ atMs: clock.wallMs(), ...row })
      rows.length = Math.min(rows.length, KEPT)
    },
    list: () => [...rows],
  }
}

function rowOf(event: RedisEvent): Omit<Row, 'atMs'> | undefined {
  switch (event.type) {
    case 'connection-ready':
      return { kind: 'ready', text: event.connection }
    case 'connection-lost':
      return { kind: 'lost', text: `${event.connection}: ${event.failure}` }
    case 'breaker':
      return { kind: 'breaker', text: `${event.from} → ${event.to}` }
    case 'health':
      return { kind: 'health', text: event.health.state }
    default:
      return undefined
  }
}
