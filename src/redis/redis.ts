/**
 * What the engine asks of Redis. Everything above this folder knows these interfaces and no client library; a model of
 * Redis implements them in the simulation. A command either answers within its deadline or throws a StoreError; nothing is
 * queued while Redis is away and nothing is resent: whether to repeat is the caller's decision.
 */

import type { RedisEvent, RedisHealth } from './events.ts'
import type { BoundState } from './fence.ts'
import type { PoolCounts } from './pool.ts'
import type { ServerView } from './server-view.ts'

/** A Lua script, sent by its hash and known to a model Redis by its name. */
export interface Script {
  readonly name: string
  readonly lua: string
  /** Calls of one turn may leave together: each gives as many keys and as many arguments as the others. */
  readonly isGathered?: boolean
}

export type Argument = string | number | Buffer

/** A reply in its RESP shape. Positions travel as text, since they exceed what a Lua number prints by itself. */
export type Reply = null | number | string | readonly Reply[]

/** A page of a hash, as HSCAN gives it. A field may come twice. */
export interface HashPage {
  /** Where to go on; '0' when the scan is complete. */
  readonly cursor: string
  readonly fields: readonly (readonly [field: string, value: string])[]
}

/** A page of the keys of a database, or of all primaries of a cluster one after the other. A key may come twice. */
export interface KeyPage {
  readonly keys: readonly string[]
  /** Where to go on; undefined when the scan is complete. */
  readonly next: string | undefined
}

/** One entry of a stream: its id and its fields, flat as Redis sends them. */
export type StreamEntry = readonly [id: string, fields: readonly string[]]

/** The commands of the cache, on shared connections. */
export interface RedisCommands {
  get(key: string): Promise<Buffer | null>
  /** Reads a key and gives it `ttlMs` more to live, in one command. */
  getAndExpire(key: string, ttlMs: number): Promise<Buffer | null>
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<Reply>
  /**
   * Runs a script and waits until so many replicas have what its connection wrote. Fails with `replicas` when fewer have
   * within the deadline; the script was executed then all the same.
   */
  runReplicated(
    script: Script,
    keys: readonly [string, ...string[]],
    args: readonly Argument[],
    replicas: number,
  ): Promise<Reply>
  scanHash(key: string, cursor: string, count: number): Promise<HashPage>
  /** Keys that match; `count` is about how many the server looks at. `place` is the `next` of the page before. */
  scanKeys(pattern: string, count: number, place?: string): Promise<KeyPage>
}

/** A connection of its own for blocking reads of one stream. */
export interface StreamReader {
  /** Entries after `id`, or none when none came within `blockMs`. */
  readonly readAfter: (stream: string, id: string, blockMs: number) => Promise<readonly StreamEntry[]>
  readonly close: () => void
}

/** A connection of its own that hears a channel. */
export interface Subscriber {
  readonly close: () => void
}

/** A Redis that the cache and the sessions share. Whoever creates it closes it. */
export interface Redis extends RedisCommands {
  /** Where it is, without secrets. */
  readonly address: string
  /** Resolves once Redis has answered; rejects with a StoreError that says what is wrong when it did not. */
  ready(): Promise<void>
  /** What the last check found; `connections` as they are now. */
  health(): RedisHealth & { readonly connections: PoolCounts }
  /** Listens to what Redis tells about itself. Returns the removal. */
  on(listener: (event: RedisEvent) => void): () => void
  /** Whether an old primary would stop in time at a failover, by the settings of Redis as they are now. @throws StoreError */
  fence(): Promise<BoundState>
  /** What a person asks of the server itself. */
  readonly server: ServerView
  openStreamReader(): StreamReader
  /** Hears the messages of a channel; a message sent while its connection is lost never comes. */
  subscribe(channel: string, onMessage: (message: string) => void): Subscriber
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
