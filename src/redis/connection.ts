/**
 * One connection to Redis, by ioredis. Until its first attempt to connect has ended, a command waits for it within the
 * deadline; afterwards a command on a lost connection fails at once, while ioredis reconnects behind with growing pauses.
 * Nothing is queued and nothing is resent.
 */
import { Redis as Client } from 'ioredis'

import { StoreError, StoreTimeoutError } from '../base/errors.ts'
import type { ResolvedRedisOptions } from './options.ts'
import { toStoreError } from './store-error.ts'

export interface Connection {
  /** Runs one command on the client; rejects with a StoreError, at the latest after `deadlineMs`. */
  send<T>(operation: string, deadlineMs: number, command: (client: Client) => Promise<T>): Promise<T>
  /** Settles when the first attempt to connect has ended. */
  readonly attempted: Promise<void>
  close(): void
}

const LONGEST_PAUSE_MS = 2000

export function connect(options: ResolvedRedisOptions, name: string): Connection {
  const client = new Client(options.url, {
    protocol: 2,
    connectionName: name,
    connectTimeout: options.connectTimeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // Full jitter: a fleet that lost the same Redis must not come back in step.
    retryStrategy: (attempt) => 50 + Math.random() * Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(attempt, 10)),
  })
  const attempted = firstAttempt(client, options.address)
  // Somebody may ask later or never; a failed attempt alone must not end the process.
  attempted.catch(() => undefined)

  return {
    attempted,
    send: (operation, deadlineMs, command) =>
      withDeadline(operation, deadlineMs, options.address, async () => {
        if (client.status !== 'ready') await attempted
        return command(client)
      }),
    close: () => client.disconnect(),
  }
}

function firstAttempt(client: Client, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve())
    // Also the standing listener, without which ioredis prints every failed reconnection.
    client.on('error', (error: Error) => reject(toStoreError(error, address)))
    client.once('end', () => reject(new StoreError(`The connection to Redis at ${address} was closed`)))
  })
}

function withDeadline<T>(operation: string, deadlineMs: number, address: string, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new StoreTimeoutError(`Redis at ${address} did not answer ${operation} within ${deadlineMs} ms`))
    }, deadlineMs)
    work().then(
      (reply) => {
        clearTimeout(timer)
        resolve(reply)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(toStoreError(error, address))
      },
    )
  })
}
