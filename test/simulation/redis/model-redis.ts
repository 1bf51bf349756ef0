/**
 * A `Redis` (src/redis/redis.ts) whose servers are a model and whose network is simulated. What gathers reads and
 * scripts, and the deadline, are the real ones; the pool is two connections, chosen once per turn as the real one does.
 */
import { StoreError } from '../../../src/base/errors.ts'
import { createBatcher } from '../../../src/redis/batcher.ts'
import { createDeadlines } from '../../../src/redis/deadline.ts'
import { gatheredScripts, type ScriptCall } from '../../../src/redis/gathered-scripts.ts'
import type { HashPage, KeyPage, Redis, Reply, Script, StreamEntry } from '../../../src/redis/redis.ts'
import { Connection, type ConnectionDeps, type Serve } from './connection.ts'
import type { Server } from './server.ts'
import { WORLD } from '../time/scheduler.ts'

export interface ModelRedisDeps extends ConnectionDeps {
  readonly readTimeoutMs: number
}

export interface ModelRedis extends Redis {
  /** For the faults. */
  readonly connections: readonly Connection[]
  /** Calls `task` once, right after the next command is sent. */
  onNextSent(task: () => void): void
}

export function createModelRedis(deps: ModelRedisDeps): ModelRedis {
  const { name, machine, dice, readTimeoutMs, trace } = deps
  const connect = (purpose: string): Connection =>
    new Connection({ ...deps, name: `${name}'s ${purpose}`, dice: dice.fork() })
  const pool = [connect('connection 1'), connect('connection 2')] as const
  const connections: Connection[] = [...pool]
  const within = createDeadlines(machine.clock, 'the model')
  let chosen: Connection | undefined
  let onSent: (() => void) | undefined

  const choose = (): Connection => {
    machine.defer(() => {
      chosen = undefined
    })
    const open = pool.filter((connection) => connection.isOpen)
    return dice.pick([open[0] ?? pool[0], ...open.slice(1)])
  }
  const send = <T>(operation: string, work: (server: Server) => T): Promise<T> => {
    const sendOnce = (): Promise<T> => {
      const answer = (chosen ??= choose()).ask(plainly(work))
      const sent = onSent
      onSent = undefined
      sent?.()
      return answer
    }
    return within(operation, readTimeoutMs, sendOnce)
  }
  const read = createBatcher<string, Buffer | null>({
    defer: machine.defer,
    sendMany: (keys) => send('MGET', (server) => keys.map((key) => server.get(key))),
    mostWeight: 256,
    none: null,
  })
  const runMany = (script: Script, calls: readonly ScriptCall[]): Promise<readonly Reply[]> =>
    send(script.name, (server) =>
      calls.map(({ keys, args }) => {
        const reply = server.run(script, keys, args)
        trace(() => `    ${server.name} runs ${script.name} for ${name}: ${JSON.stringify(reply)}`)
        return reply
      }),
    )
  const runGathered = gatheredScripts({ runMany, defer: machine.defer })

  return {
    connections,
    onNextSent(task) {
      onSent = task
    },
    address: 'model',
    get: read,
    getAndExpire: () => Promise.reject(new Error('Sessions are not simulated')),
    run: async (script, keys, args) => {
      if (script.isGathered) return runGathered(script, { keys, args })
      const [reply = null] = await runMany(script, [{ keys, args }])
      return reply
    },
    scanHash: (key, cursor, count) => send<HashPage>('HSCAN', (server) => server.scanHash(key, cursor, count)),
    runReplicated: () => Promise.reject(new Error('Waiting for replicas is not simulated')),
    scanKeys: (pattern, count, place) => send<KeyPage>('SCAN', (server) => server.scanKeys(pattern, count, place)),
    fence: async () => ({ bound: 'held' }),
    get server(): never {
      throw new Error('The engine asks nothing of the server itself')
    },
    openStreamReader() {
      const connection = connect('tail')
      connections.push(connection)
      const readAfter = (stream: string, id: string, blockMs: number): Promise<readonly StreamEntry[]> => {
        const { promise: silence, resolve } = Promise.withResolvers<readonly StreamEntry[]>()
        // A frozen tail answers like one that has nothing new.
        const cancel = machine.clock.after(blockMs + readTimeoutMs, () => resolve([]))
        return Promise.race([connection.ask(blockingRead(deps, stream, id, blockMs)), silence]).finally(cancel)
      }
      return { readAfter, close: () => connection.lose() }
    },
    subscribe(channel, onMessage) {
      const connection = connect('subscriber')
      connections.push(connection)
      connection.onOpened((server) =>
        server.onPublished((published) => {
          if (published.channel === channel) connection.push(() => onMessage(published.message))
        }),
      )
      return { close: () => connection.lose() }
    },
    ready: async () => undefined,
    health() {
      throw new Error('The engine does not ask for the health of Redis')
    },
    on: () => () => undefined,
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** Answers at once with what the server says. A refusal is an answer; anything else is a bug of the model and ends the run. */
function plainly<T>(work: (server: Server) => T): Serve<T> {
  return (server, answer) => {
    try {
      const result = work(server)
      answer(() => result)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      answer(() => {
        throw error
      })
    }
  }
}

/** XREAD BLOCK: answers when there is something after the id, or with nothing when the time is up. */
function blockingRead(
  { scheduler }: ModelRedisDeps,
  stream: string,
  id: string,
  blockMs: number,
): Serve<readonly StreamEntry[]> {
  return (server, answer) => {
    const look = (): boolean => {
      const entries = server.streamAfter(stream, id)
      if (entries.length > 0) answer(() => entries)
      return entries.length > 0
    }
    if (look()) return
    const end = (): void => {
      unlisten()
      cancel()
    }
    const unlisten = server.onWritten((effect) => {
      if (effect.op === 'xadd' && effect.key === stream && look()) end()
    })
    const cancel = scheduler.after(blockMs * 1000, WORLD, () => {
      unlisten()
      answer(() => [])
    })
  }
}
