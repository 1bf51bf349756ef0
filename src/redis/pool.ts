/**
 * Up to N connections that share all commands. Not a pool of exclusive connections: a command never waits for one to come
 * free, it joins those under way. A second connection is opened only when every open one is backed up, which happens with
 * large values; for small ones, one connection with its writes batched is the fastest there is.
 *
 * A connection is chosen once per turn of the event loop: spreading single commands would break their writes apart.
 */
import type { Connection, Send } from './connection.ts'

export interface PoolCounts {
  readonly open: number
  readonly ready: number
  /** Commands sent and not answered. */
  readonly inFlight: number
  /** Connections that may be opened. */
  readonly max: number
}

export interface Pool {
  readonly send: Send
  counts(): PoolCounts
  close(): void
}

export interface PoolDeps {
  readonly open: (index: number) => Connection
  readonly maxConnections: number
  /** Runs a task when this turn's callbacks have run. */
  readonly defer: (task: () => void) => void
}

/** With so many commands unanswered on each, one more connection is opened. */
const BACKED_UP = 8

export function createPool({ open, maxConnections, defer }: PoolDeps): Pool {
  const connections = [open(0)]
  let chosen: Connection | undefined

  const choose = (): Connection => {
    const [only] = connections
    // Nothing to choose from, so nothing to hold on to until the turn ends.
    if (only && connections.length === 1 && only.inFlight < BACKED_UP) return only
    const best = connections.reduce((left, right) => (isBetter(right, left) ? right : left))
    if (best.ready && best.inFlight >= BACKED_UP && connections.length < maxConnections)
      connections.push(open(connections.length))
    defer(() => {
      chosen = undefined
    })
    chosen = best
    return best
  }

  return {
    send: (operation, deadlineMs, command) => (chosen ?? choose()).send(operation, deadlineMs, command),
    counts: () => ({
      max: maxConnections,
      open: connections.length,
      ready: connections.filter((connection) => connection.ready).length,
      inFlight: connections.reduce((sum, connection) => sum + connection.inFlight, 0),
    }),
    close() {
      for (const connection of connections) connection.close()
    },
  }
}

function isBetter(candidate: Connection, than: Connection): boolean {
  if (candidate.ready !== than.ready) return candidate.ready
  return candidate.inFlight < than.inFlight
}
