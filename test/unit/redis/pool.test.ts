import { describe, expect, it } from 'vitest'

import type { Connection, Send } from '../../../src/redis/connection.ts'
import { createPool } from '../../../src/redis/pool.ts'

interface FakeConnection extends Connection {
  ready: boolean
  inFlight: number
  closed: boolean
  readonly sent: string[]
}

function pooling(maxConnections = 10) {
  const opened: FakeConnection[] = []
  let deferred: (() => void)[] = []
  const open = (index: number): Connection => {
    const sent: string[] = []
    const send: Send = (operation) => {
      sent.push(operation)
      return new Promise<never>(() => undefined)
    }
    const connection: FakeConnection = {
      ready: index === 0,
      inFlight: 0,
      closed: false,
      sent,
      send,
      close() {
        this.closed = true
      },
    }
    opened.push(connection)
    return connection
  }
  const pool = createPool({ open, maxConnections, defer: (task) => deferred.push(task) })
  const endTurn = (): void => {
    const tasks = deferred
    deferred = []
    for (const task of tasks) task()
  }
  /** Sends one command in a turn of its own. */
  const send = (operation: string): void => {
    void pool.send(operation, 250, async () => undefined)
    endTurn()
  }
  const sent = (): string[][] => opened.map((connection) => connection.sent)
  return { pool, opened, send, sent, endTurn }
}

describe('the pool', () => {
  it('opens one connection, and no other while that is not backed up', () => {
    const { opened, send, sent } = pooling()
    const [first] = opened
    if (first) first.inFlight = 7
    send('a')
    send('b')
    expect(sent()).toEqual([['a', 'b']])
  })

  it('opens another when every open one is backed up, which commands take once it is ready', () => {
    const { opened, send, sent } = pooling()
    const [first] = opened
    if (first) first.inFlight = 8
    send('a')
    expect(sent()).toEqual([['a'], []])
    send('b')
    expect(opened[1]?.sent, 'not ready yet').toEqual([])
    if (opened[1]) opened[1].ready = true
    send('c')
    expect(opened[1]?.sent).toEqual(['c'])
  })

  it('opens no more than it may', () => {
    const { opened, send } = pooling(2)
    for (let turn = 0; turn < 5; turn += 1) {
      for (const connection of opened) Object.assign(connection, { ready: true, inFlight: 100 })
      send('a')
    }
    expect(opened).toHaveLength(2)
  })

  it('does not open another in place of one that is lost', () => {
    const { opened, send } = pooling()
    Object.assign(opened[0] ?? {}, { ready: false, inFlight: 100 })
    send('a')
    expect(opened).toHaveLength(1)
  })

  it('takes the connection with the least in flight, once per turn', () => {
    const { pool, opened, sent, send, endTurn } = pooling(2)
    Object.assign(opened[0] ?? {}, { inFlight: 8 })
    send('a')
    Object.assign(opened[1] ?? {}, { ready: true, inFlight: 3 })
    void pool.send('b', 250, async () => undefined)
    Object.assign(opened[1] ?? {}, { inFlight: 50 })
    void pool.send('c', 250, async () => undefined)
    expect(sent(), 'both of a turn on one connection').toEqual([['a'], ['b', 'c']])
    endTurn()
    send('d')
    expect(sent()).toEqual([
      ['a', 'd'],
      ['b', 'c'],
    ])
  })

  it('counts its connections and what is in flight, and closes all of them', () => {
    const { pool, opened, send } = pooling()
    Object.assign(opened[0] ?? {}, { inFlight: 8 })
    send('a')
    Object.assign(opened[1] ?? {}, { inFlight: 2 })
    expect(pool.counts()).toEqual({ max: 10, open: 2, ready: 1, inFlight: 10 })
    pool.close()
    expect(opened.map(({ closed }) => closed)).toEqual([true, true])
  })
})
