import { describe, expect, it } from 'vitest'

import { StoreError } from '../../../src/base/errors.ts'
import type { AnyClient } from '../../../src/redis/client.ts'
import type { Connection } from '../../../src/redis/connection.ts'
import { resolveRedisOptions } from '../../../src/redis/options.ts'
import { createStreamReader, forBlockingReads } from '../../../src/redis/stream-reader.ts'

function reading(xread: (...args: unknown[]) => Promise<unknown>) {
  const asked: unknown[][] = []
  const deadlines: number[] = []
  let closed = 0
  const client = { xread: (...args: unknown[]) => (asked.push(args), xread(...args)) }
  const connection: Connection = {
    ready: true,
    inFlight: 0,
    send(_operation, deadlineMs, command) {
      deadlines.push(deadlineMs)
      return command(client as unknown as AnyClient)
    },
    close: () => void (closed += 1),
  }
  return { reader: createStreamReader(connection), asked, deadlines, closed: () => closed }
}

describe('a stream reader', () => {
  it('gives the entries after a position, in their order', async () => {
    const entries = [
      ['5-0', ['epoch', 'e']],
      ['6-0', ['epoch', 'e']],
    ]
    const { reader, asked } = reading(async () => [['log', entries]])
    expect(await reader.readAfter('log', '4-0', 2000)).toEqual(entries)
    expect(asked).toEqual([['COUNT', 256, 'BLOCK', 2000, 'STREAMS', 'log', '4-0']])
  })

  it('gives none when none came in time', async () => {
    expect(await reading(async () => null).reader.readAfter('log', '4-0', 2000)).toEqual([])
  })

  it('lets a blocking read outlive its own time before the connection counts as frozen', async () => {
    const { reader, deadlines } = reading(async () => null)
    await reader.readAfter('log', '4-0', 2000)
    expect(deadlines[0]).toBeGreaterThan(2000)
  })

  it('has a connection that may be silent for longer than the tail blocks, however short the timeouts of the others', () => {
    const options = resolveRedisOptions({ url: 'redis://h', readTimeout: 10, commandTimeout: 100 })
    const blocking = forBlockingReads(options)
    expect(Math.min(blocking.commandTimeoutMs, blocking.socketTimeoutMs)).toBeGreaterThan(2000 + 1000)
    expect(blocking).toMatchObject({ target: options.target, readTimeoutMs: 10 })
  })

  it('fails as its connection fails, and closes it', async () => {
    const away = new StoreError('connection', 'away')
    const { reader, closed } = reading(() => Promise.reject(away))
    await expect(reader.readAfter('log', '4-0', 2000)).rejects.toBe(away)
    reader.close()
    expect(closed()).toBe(1)
  })
})
