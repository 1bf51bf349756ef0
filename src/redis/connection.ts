/**
 * One connection (in a cluster, one to each node). Until its first attempt has ended, a command waits for it within its
 * deadline; afterwards a command on a lost connection fails at once, while the client connects again behind.
 */
import { Cluster } from 'ioredis'

import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import { StoreError } from '../base/errors.ts'
import { openClient, type AnyClient } from './client.ts'
import { createDeadlines } from './deadline.ts'
import type { RedisEvent } from './events.ts'
import { failureOf, toStoreError } from './failure.ts'
import { createGather, type Corkable } from './gather.ts'
import type { ResolvedRedisOptions } from './options.ts'

export type Command<T> = (client: AnyClient) => Promise<T>

/** Runs one command; rejects with a StoreError, at the latest after `deadlineMs`. */
export type Send = <T>(operation: string, deadlineMs: number, command: Command<T>) => Promise<T>

export interface Connection {
  readonly send: Send
  readonly ready: boolean
  /** Commands sent and not answered, those included whose caller has given up. */
  readonly inFlight: number
  close(): void
}

export interface ConnectionDeps {
  readonly clock: Clock
  /** Runs a task when this turn's callbacks have run. */
  readonly defer: (task: () => void) => void
  readonly events: Emitter<RedisEvent>
}

/** Whose commands have been gathered before they come here, so that they leave at once. */
const GATHERED = 'MGET'

export function connect(
  options: ResolvedRedisOptions,
  name: string,
  { clock, defer, events }: ConnectionDeps,
): Connection {
  const { address } = options
  const { client, close } = openClient(options, name, (error) => {
    if (/^(MOVED|ASK|TRYAGAIN) /.test(error.message))
      events.emit({ type: 'survived', operation: 'redirect', failure: 'cluster' })
  })
  const { attempted, hasEnded } = firstAttempt(client, address)
  const unwatch = watch(client, name, options, events)
  const gather = createGather(defer)
  const within = createDeadlines(clock, address)
  let inFlight = 0

  const answered = <T>(answer: T): T => {
    inFlight -= 1
    return answer
  }
  const failed = (error: unknown): never => {
    inFlight -= 1
    throw toStoreError(error, address)
  }
  const sendNow = <T>(operation: string, command: Command<T>): Promise<T> => {
    // The cluster client would queue it, for as long as it takes.
    if (client instanceof Cluster && client.status !== 'ready') return Promise.reject(lostConnection(address))
    const stream = streamOf(client)
    if (stream && operation !== GATHERED) gather(stream)
    const answer = command(client)
    // After it has begun: what throws at once is not under way.
    inFlight += 1
    return answer.then(answered<T>, failed)
  }

  return {
    get ready() {
      return client.status === 'ready'
    },
    get inFlight() {
      return inFlight
    },
    send: (operation, deadlineMs, command) =>
      within(operation, deadlineMs, () =>
        hasEnded() ? sendNow(operation, command) : attempted.then(() => sendNow(operation, command)),
      ),
    close() {
      unwatch()
      close()
    },
  }
}

/** Missing before the first connection, and of a cluster, whose client has connections of its own to each node. */
function streamOf(client: AnyClient): Corkable | undefined {
  return client instanceof Cluster ? undefined : client.stream
}

function firstAttempt(client: AnyClient, address: string): { attempted: Promise<void>; hasEnded: () => boolean } {
  let ended = false
  const attempted = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    client.once('error', (error: unknown) => reject(isReset(error) ? hungUp(address) : toStoreError(error, address)))
    client.once('close', () => reject(hungUp(address)))
  }).finally(() => {
    ended = true
  })
  // Somebody may wait for it or nobody; a failed attempt alone must not end the process.
  attempted.catch(() => undefined)
  return { attempted, hasEnded: () => ended }
}

/** Tells when the connection comes and goes, until the returned function is called: what is closed on purpose is not lost. */
function watch(
  client: AnyClient,
  name: string,
  { address }: ResolvedRedisOptions,
  events: Emitter<RedisEvent>,
): () => void {
  let isWatched = true
  let wasReady = false
  let last: unknown
  client.on('ready', () => {
    wasReady = true
    events.emit({ type: 'connection-ready', connection: name })
  })
  // Also the standing listener without which the client prints every failed attempt to connect again.
  client.on('error', (error: unknown) => {
    last = error
  })
  client.on('close', () => {
    if (!wasReady || !isWatched) return
    wasReady = false
    const error = toStoreError(last, address)
    const why = error instanceof Error ? error.message : `The connection to Redis at ${address} is lost`
    events.emit({ type: 'connection-lost', connection: name, failure: failureOf(last) ?? 'connection', why })
    last = undefined
  })
  return () => {
    isWatched = false
  }
}

function lostConnection(address: string): StoreError {
  return new StoreError('connection', `The connection to Redis at ${address} is lost`)
}

// What a server that speaks TLS does with a client that does not.
function hungUp(address: string): StoreError {
  return new StoreError(
    'connection',
    `What listens at ${address} closed the connection without an answer: is it a Redis, and does the URL say rediss:// if it speaks TLS?`,
  )
}

function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET'
}
