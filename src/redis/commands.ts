/**
 * The commands of the cache, each layer a function around the one below: the pool sends, a lost read is asked once more,
 * the breaker refuses what would only fail, and reads of one turn leave together.
 */
import type { Emitter } from '../base/emitter.ts'
import { createBatcher } from './batcher.ts'
import type { Breaker } from './breaker.ts'
import type { Send } from './connection.ts'
import type { RedisEvent } from './events.ts'
import { failureOf } from './failure.ts'
import { gatheredScripts, runTogether } from './gathered-scripts.ts'
import type { ResolvedRedisOptions } from './options.ts'
import type { RedisCommands, Script } from './redis.ts'
import { createReplicated } from './replicated.ts'
import { runScript } from './run-script.ts'
import { scanKeys } from './scan-keys.ts'

/** One MGET must not hold Redis up for everyone else. */
const KEYS_PER_MGET = 256

export interface CommandsDeps {
  readonly send: Send
  /** The same on a connection of its own, which waits for replicas. */
  readonly sendWaiting: Send
  readonly breaker: Breaker
  readonly events: Emitter<RedisEvent>
  readonly defer: (task: () => void) => void
}

export function createCommands(
  options: ResolvedRedisOptions,
  { send, sendWaiting, breaker, events, defer }: CommandsDeps,
): RedisCommands {
  const { readTimeoutMs, target } = options
  const guarded =
    (unguarded: Send): Send =>
    (operation, deadlineMs, command) =>
      breaker.run(
        () => unguarded(operation, deadlineMs, command),
        (error) => tell(events, operation, error),
      )
  const sendGuarded = guarded(send)
  const retried = options.retryReads ? withOneRetry(sendGuarded, options) : sendGuarded
  const isCluster = target.kind === 'cluster'
  const getMany = (keys: readonly string[]): Promise<readonly (Buffer | null)[]> =>
    isCluster
      ? // Keys of several slots have no MGET; the client gathers these into one pipeline per node.
        retried('GET', readTimeoutMs, (client) => Promise.all(keys.map((key) => client.getBuffer(key))))
      : retried('MGET', readTimeoutMs, (client) => client.mgetBuffer(...keys))
  const read = createBatcher<string, Buffer | null>({ sendMany: getMany, defer, mostWeight: KEYS_PER_MGET, none: null })
  const scriptUnknown = (script: Script): void =>
    events.emit({ type: 'survived', operation: script.name, failure: 'script' })

  const run: RedisCommands['run'] = (script, keys, args) =>
    sendGuarded(script.name, readTimeoutMs, (client) =>
      runScript(client, script, keys, args, () => scriptUnknown(script)),
    )
  const runGathered = gatheredScripts({ runMany: runTogether(run, options.address), defer })

  return {
    get(key) {
      // Asked here too, so that a refusal costs no turn of the event loop.
      const refused = breaker.refusal()
      return refused ? Promise.reject(refused) : read(key)
    },
    // Asked twice it does the same as once, so a lost one is repeated like any read.
    getAndExpire: (key, ttlMs) =>
      retried('GETEX', readTimeoutMs, (client) => client.getexBuffer(key, 'PX', Math.ceil(ttlMs))),
    run: (script, keys, args) =>
      script.isGathered && !isCluster ? runGathered(script, { keys, args }) : run(script, keys, args),
    runReplicated: createReplicated({
      send: guarded(sendWaiting),
      deadlineMs: readTimeoutMs,
      address: options.address,
      defer,
      onUnknown: scriptUnknown,
    }),
    async scanHash(key, cursor, count) {
      const [next, flat] = await sendGuarded('HSCAN', options.commandTimeoutMs, (client) =>
        client.hscan(key, cursor, 'COUNT', count),
      )
      return { cursor: next, fields: pairs(flat) }
    },
    scanKeys: (pattern, count, place) =>
      sendGuarded('SCAN', options.commandTimeoutMs, (client) => scanKeys(client, pattern, count, place)),
  }
}

/** Asks once more when the connection was lost; the time is shared, so that the caller's deadline stands. */
function withOneRetry(send: Send, { clock }: ResolvedRedisOptions): Send {
  return (operation, deadlineMs, command) => {
    const began = clock.monoMs()
    return send(operation, deadlineMs, command).catch((error: unknown) => {
      const leftMs = deadlineMs - (clock.monoMs() - began)
      if (failureOf(error) !== 'connection' || leftMs <= 0) throw error
      return send(operation, leftMs, command)
    })
  }
}

function tell(events: Emitter<RedisEvent>, operation: string, error: unknown): void {
  const failure = failureOf(error)
  if (failure !== undefined && error instanceof Error)
    events.emit({ type: 'command-failed', operation, failure, why: error.message })
}

function pairs(flat: readonly string[]): [string, string][] {
  const fields: [string, string][] = []
  for (let at = 0; at + 1 < flat.length; at += 2) fields.push([flat[at] ?? '', flat[at + 1] ?? ''])
  return fields
}
