import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'

import { Cluster, Redis as Client } from 'ioredis'

import type { ResolvedRedisOptions, ResolvedTls } from './options.ts'
import { QuietSentinelConnector } from './sentinel-connector.ts'

/** A client of the library, for one server, the primary that sentinels name, or all the nodes of a cluster. */
export type AnyClient = Client | Cluster

const LONGEST_PAUSE_MS = 2000
/** A primary that stays a replica must not cost its readers their connection at every write that somebody tries. */
const ROLE_RECONNECT_EVERY_MS = 5000

/** Full jitter: a fleet that lost the same Redis must not come back in step (Brooker, AWS Architecture Blog, 2015). */
export function reconnectPauseMs(attempt: number, random: () => number = Math.random): number {
  return 50 + random() * Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(attempt, 10))
}

export interface OpenClient {
  readonly client: AnyClient
  readonly close: () => void
}

/** Opens a client that queues nothing, resends nothing, and connects again by itself until it is closed. */
export function openClient(
  options: ResolvedRedisOptions,
  name: string,
  onReplyError: (error: Error) => void,
): OpenClient {
  const client = newClient(options, name, onReplyError)
  let isClosed = false
  let cancel = (): void => undefined
  // The library gives up for good in cases that it takes for a close() of ours, such as sentinels that announce a failover
  // while it is just asking them for the primary.
  client.on('end', () => {
    if (isClosed) return
    cancel = options.clock.after(reconnectPauseMs(1), () => {
      // What goes wrong is told by the client's 'error' event.
      client.connect().catch(() => undefined)
    })
  })
  return {
    client,
    close() {
      isClosed = true
      cancel()
      client.disconnect()
    },
  }
}

function newClient(options: ResolvedRedisOptions, name: string, onReplyError: (error: Error) => void): AnyClient {
  const { target } = options
  const common = commonOptions(options, name, onReplyError)
  const retry = {
    retryStrategy: (attempt: number) => reconnectPauseMs(attempt),
    enableOfflineQueue: false,
    // The library would handle no failure of it, and a connection lost once more would end the process: subscriber.ts does.
    autoResubscribe: false,
  }
  // Without the library's own check a server that is loading says so to each command; with it, the connection would only
  // seem lost, for up to ten seconds longer than loading takes. Sentinels need the check, which asks for the role.
  const direct = { ...common, ...retry, enableReadyCheck: false }
  switch (target.kind) {
    case 'standalone':
      return new Client({
        ...direct,
        ...credentials(target),
        host: target.host,
        port: target.port,
        db: target.db,
      })
    case 'socket':
      return new Client({ ...direct, ...credentials(target), path: target.path, db: target.db })
    case 'sentinel':
      return new Client({
        ...common,
        ...retry,
        ...credentials(target),
        maxLoadingRetryTime: 500,
        db: target.db,
        name: target.serviceName,
        sentinels: target.sentinels.map(({ host, port }) => ({ host, port })),
        ...(target.sentinelCredentials.username !== null && { sentinelUsername: target.sentinelCredentials.username }),
        ...(target.sentinelCredentials.password !== null && { sentinelPassword: target.sentinelCredentials.password }),
        ...(options.tls && { enableTLSForSentinelMode: true, sentinelTLS: tlsOptions(options.tls) }),
        sentinelRetryStrategy: (attempt: number) => reconnectPauseMs(attempt),
        sentinelCommandTimeout: options.commandTimeoutMs,
        // Without it a primary that is frozen, not dead, is never left. It listens to the sentinels, so it must come back to
        // them when they were restarted.
        failoverDetector: true,
        sentinelReconnectStrategy: (attempt: number) => reconnectPauseMs(attempt),
        Connector: QuietSentinelConnector,
      })
    case 'cluster':
      return new Cluster(
        target.nodes.map(({ host, port }) => ({ host, port })),
        {
          redisOptions: { ...common, ...credentials(target) },
          // Here alone, and only between nodes: a node is connected to when it is first asked, and without a queue all but the
          // first of the commands for it would fail. What is asked of a cluster that is gone never comes here (connection.ts).
          enableOfflineQueue: true,
          enableAutoPipelining: true,
          // Zero: a command that a lost node or a broken cluster did not answer fails. Otherwise the client keeps hundreds for
          // seconds and sends them all when the slot is served again, long after their callers have given up.
          retryDelayOnFailover: 0,
          retryDelayOnClusterDown: 0,
          maxRedirections: 5,
          slotsRefreshTimeout: options.connectTimeoutMs,
          slotsRefreshInterval: 5000,
          clusterRetryStrategy: (attempt: number) => reconnectPauseMs(attempt),
        },
      )
  }
}

/** A client for questions to one sentinel, which connects when it is asked and not again. */
export function openSentinel(
  { tls, connectTimeoutMs, commandTimeoutMs }: ResolvedRedisOptions,
  { host, port }: { readonly host: string; readonly port: number },
  login: Parameters<typeof credentials>[0],
): Client {
  const sentinel = new Client({
    host,
    port,
    protocol: 2,
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    retryStrategy: () => null,
    ...credentials(login),
    ...(tls && { tls: tlsOptions(tls) }),
  })
  // Each question tells what went wrong.
  sentinel.on('error', () => undefined)
  return sentinel
}

function commonOptions(options: ResolvedRedisOptions, name: string, onReplyError: (error: Error) => void) {
  let reconnectedAtMs = Number.NEGATIVE_INFINITY
  return {
    // RESP3 reshapes the replies of XREAD and HSCAN, and measured no faster.
    protocol: 2 as const,
    connectionName: name,
    connectTimeout: options.connectTimeoutMs,
    // A socket that swallows commands is given up after this long without a byte; a slow command alone takes less.
    socketTimeout: options.socketTimeoutMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // Called with every error reply, also those that a cluster client answers by itself, such as MOVED.
    reconnectOnError(error: Error): 1 | false {
      onReplyError(error)
      // A primary that became a replica: connect anew, which asks the sentinels, or the name server, again. Nothing is resent.
      const nowMs = options.clock.monoMs()
      if (!error.message.startsWith('READONLY') || nowMs - reconnectedAtMs < ROLE_RECONNECT_EVERY_MS) return false
      reconnectedAtMs = nowMs
      return 1
    },
    ...(options.tls && { tls: tlsOptions(options.tls) }),
  }
}

function credentials({ username, password }: { username: string | null; password: string | null }): {
  username?: string
  password?: string
} {
  return { ...(username !== null && { username }), ...(password !== null && { password }) }
}

function tlsOptions({ ca, servername, rejectUnauthorized }: ResolvedTls): ConnectionOptions {
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized,
    ...(ca !== undefined && { ca: ca.includes('-----BEGIN') ? ca : readFileSync(ca) }),
    ...(servername !== undefined && { servername }),
  }
}
