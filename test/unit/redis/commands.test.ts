import { describe, expect, it } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import { CircuitOpenError, StoreError } from '../../../src/base/errors.ts'
import type { Breaker } from '../../../src/redis/breaker.ts'
import type { AnyClient } from '../../../src/redis/client.ts'
import { createCommands } from '../../../src/redis/commands.ts'
import type { Send } from '../../../src/redis/connection.ts'
import type { RedisEvent } from '../../../src/redis/events.ts'
import { resolveRedisOptions, type RedisOptions } from '../../../src/redis/options.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const standalone: RedisOptions = { url: 'redis://cache' }
const cluster: RedisOptions = { cluster: { nodes: [{ host: 'n1', port: 7000 }] } }
const away = new StoreError('connection', 'away')

interface Sent {
  readonly operation: string
  readonly deadlineMs: number
}

/** Commands over a client of which each test gives the methods that it is about. */
function commanding(options: RedisOptions, client: Readonly<Record<string, unknown>>, breaker: Partial<Breaker> = {}) {
  const clock = fakeClock()
  const events = createEmitter<RedisEvent>()
  const told: RedisEvent[] = []
  events.on((event) => told.push(event))
  const sent: Sent[] = []
  const send: Send = (operation, deadlineMs, command) => {
    sent.push({ operation, deadlineMs })
    return command(client as unknown as AnyClient)
  }
  const run: Breaker['run'] = (work, failed) =>
    work().catch((error: unknown) => {
      failed?.(error)
      throw error
    })
  const open: Breaker = { state: 'closed', refusal: () => undefined, run, ...breaker }
  const defer = (task: () => void): void => void setImmediate(task)
  const commands = createCommands(resolveRedisOptions({ ...options, clock }), {
    send,
    sendWaiting: send,
    breaker: open,
    events,
    defer,
  })
  return { commands, clock, sent, told }
}

describe('a read', () => {
  it('leaves with the others of its turn as one MGET', async () => {
    const asked: string[][] = []
    const mgetBuffer = async (...keys: string[]) => (asked.push(keys), keys.map((key) => Buffer.from(key)))
    const { commands, sent } = commanding(standalone, { mgetBuffer })
    expect(await Promise.all([commands.get('a'), commands.get('b')])).toEqual([Buffer.from('a'), Buffer.from('b')])
    expect(asked).toEqual([['a', 'b']])
    expect(sent).toEqual([{ operation: 'MGET', deadlineMs: 250 }])
  })

  it('leaves as GETs in one go where keys of several slots have no MGET', async () => {
    const asked: string[] = []
    const getBuffer = async (key: string) => (asked.push(key), Buffer.from(key))
    const { commands, sent } = commanding(cluster, { getBuffer })
    expect(await Promise.all([commands.get('a'), commands.get('b')])).toEqual([Buffer.from('a'), Buffer.from('b')])
    expect(asked).toEqual(['a', 'b'])
    expect(sent).toEqual([{ operation: 'GET', deadlineMs: 250 }])
  })

  it('is asked once more when its connection was lost, in what is left of its time', async () => {
    let attempts = 0
    const { commands, clock, sent } = commanding(standalone, {
      mgetBuffer: async () => {
        attempts += 1
        clock.advance(100)
        if (attempts === 1) throw away
        return [null]
      },
    })
    expect(await commands.get('a')).toBeNull()
    expect(sent.map(({ deadlineMs }) => deadlineMs)).toEqual([250, 150])
  })

  it('is not asked a third time, nor when its time is over, nor when it may not be', async () => {
    const failing = (elapsedMs: number, options: RedisOptions) => {
      const bench = commanding(options, {
        mgetBuffer: async () => {
          bench.clock.advance(elapsedMs)
          throw away
        },
      })
      return bench
    }
    for (const [elapsedMs, options, attempts] of [
      [1, standalone, 2],
      [250, standalone, 1],
      [1, { ...standalone, retryOnTimeout: false }, 1],
    ] as const) {
      const { commands, sent } = failing(elapsedMs, options)
      await expect(commands.get('a')).rejects.toBe(away)
      expect(sent).toHaveLength(attempts)
    }
  })

  it('is not asked again after another failure than a lost connection', async () => {
    for (const failure of [new StoreError('timeout', 'late'), new StoreError('oom', 'full'), new TypeError('a bug')]) {
      const { commands, sent } = commanding(standalone, { mgetBuffer: () => Promise.reject(failure) })
      await expect(commands.get('a')).rejects.toBe(failure)
      expect(sent).toHaveLength(1)
    }
  })

  it('is refused at once by an open breaker', async () => {
    const refusal = new CircuitOpenError('left alone')
    const { commands, sent } = commanding(standalone, {}, { refusal: () => refusal })
    await expect(commands.get('a')).rejects.toBe(refusal)
    expect(sent).toEqual([])
  })
})

describe('a script', () => {
  const script = { name: 'log.append', lua: 'return 1' }

  it('is run under its name within the time of a read, and never again after a failure', async () => {
    const { commands, sent } = commanding(standalone, { evalsha: () => Promise.reject(away) })
    await expect(commands.run(script, [], [])).rejects.toBe(away)
    expect(sent).toEqual([{ operation: 'log.append', deadlineMs: 250 }])
  })

  it('that the server did not know is run by its text, and that is told as survived', async () => {
    const noscript = Object.assign(new Error('NOSCRIPT No matching script.'), { name: 'ReplyError' })
    const { commands, told } = commanding(standalone, {
      evalsha: () => Promise.reject(noscript),
      eval: async () => 'ran',
    })
    expect(await commands.run(script, ['k'], [1])).toBe('ran')
    expect(told).toEqual([{ type: 'survived', operation: 'log.append', failure: 'script' }])
  })
})

describe('a page of a hash', () => {
  it('is pairs of a field and its value, and where to go on', async () => {
    const asked: unknown[][] = []
    const hscan = async (...args: unknown[]) => (asked.push(args), ['17', ['f1', 'v1', 'f2', 'v2']])
    const { commands, sent } = commanding(standalone, { hscan })
    expect(await commands.scanHash('head', '0', 1000)).toEqual({
      cursor: '17',
      fields: [
        ['f1', 'v1'],
        ['f2', 'v2'],
      ],
    })
    expect(asked).toEqual([['head', '0', 'COUNT', 1000]])
    expect(sent).toEqual([{ operation: 'HSCAN', deadlineMs: 5000 }])
  })
})

describe('a command that fails', () => {
  it('is told once for each time it was sent, with the sentence of its failure', async () => {
    const { commands, told } = commanding(standalone, { mgetBuffer: () => Promise.reject(away) })
    await expect(commands.get('a')).rejects.toBe(away)
    const failed = { type: 'command-failed', operation: 'MGET', failure: 'connection', why: 'away' }
    expect(told).toEqual([failed, failed])
  })

  it('is not told when the failure is a bug of ours', async () => {
    const { commands, told } = commanding(standalone, { hscan: () => Promise.reject(new TypeError('a bug')) })
    await expect(commands.scanHash('h', '0', 1)).rejects.toThrow(new TypeError('a bug'))
    expect(told).toEqual([])
  })
})
