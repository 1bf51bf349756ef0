/**
 * The commands of the cache, each layer a function around the one below: the pool sends, a lost read is asked once more,
 * the breaker refuses what would only fail, and reads of one turn leave together.
 */
import type { Emitter } from '../base/emitter.ts'
import type { GetMany } from './batcher.ts'
import { createBatcher } from './batcher.ts'
import type { Breaker } from './breaker.ts'
import type { Send } from './connection.ts'
import type { RedisEvent } from './events.ts'
import { failureOf } from './failure.ts'
import type { ResolvedRedisOptions } from './options.ts'
import type { RedisCommands } from './redis.ts'
import { runScript } from './run-script.ts'

export interface CommandsDeps {
  readonly send: Send
  readonly breaker: Breaker
  readonly events: Emitter<RedisEvent>
  readonly defer: (task: () => void) => void
}

export function createCommands(
  options: ResolvedRedisOptions,
  { send, breaker, events, defer }: CommandsDeps,
): RedisCommands {
  const { readTimeoutMs, target } = options
  const sendGuarded: Send = (operation, deadlineMs, command) =>
    breaker.run(() => told(events, operation, send(operation, deadlineMs, command)))
  const retried = options.retryReads ? withOneRetry(sendGuarded, options) : sendGuarded
  const getMany: GetMany =
    target.kind === 'cluster'
      ? // Keys of several slots have no MGET; the client gathers these into one pipeline per node.
        (keys) => retried('GET', readTimeoutMs, (client) => Promise.all(keys.map((key) => client.getBuffer(key))))
      : (keys) => retried('MGET', readTimeoutMs, (client) => client.mgetBuffer(...keys))
  const batched = createBatcher({ getMany, defer })

  return {
    // Asked here too, so that a refusal costs no turn of the event loop.
    get: async (key) => {
      breaker.admit()
      return batched(key)
    },
    // Asked twice it does the same as once, so a lost one is repeated like any read.
    getAndExpire: (key, ttlMs) =>
      retried('GETEX', readTimeoutMs, (client) => client.getexBuffer(key, 'PX', Math.ceil(ttlMs))),
    run: (script, keys, args) =>
      sendGuarded(script.name, readTimeoutMs, (client) =>
        runScript(client, script, keys, args, () =>
          events.emit({ type: 'survived', operation: script.name, failure: 'script' }),
        ),
      ),
    async scanHash(key, cursor, count) {
      const [next, flat] = await sendGuarded('HSCAN', options.commandTimeoutMs, (client) =>
        client.hscan(key, cursor, 'COUNT', count),
      )
      return { cursor: next, fields: pairs(flat) }
    },
  }
}

/** Asks once more when the connection was lost; the time is shared, so that the caller's deadline stands. */
function withOneRetry(send: Send, { clock }: ResolvedRedisOptions): Send {
  return async (operation, deadlineMs, command) => {
    const began = clock.monoMs()
    try {
      return await send(operation, deadlineMs, command)
    } catch (error) {
      const leftMs = deadlineMs - (clock.monoMs() - began)
      if (failureOf(error) !== 'connection' || leftMs <= 0) throw error
      return send(operation, leftMs, command)
    }
  }
}

async function told<T>(events: Emitter<RedisEvent>, operation: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const failure = failureOf(error)
    if (failure !== undefined && error instanceof Error)
      events.emit({ type: 'command-failed', operation, failure, why: error.message })
    throw error
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  const fields: [string, string][] = []
  for (let at = 0; at + 1 < flat.length; at += 2) fields.push([flat[at] ?? '', flat[at + 1] ?? ''])
  return fields
}
