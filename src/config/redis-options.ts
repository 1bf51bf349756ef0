import type { RedisOptions } from '../redis/options.ts'
import type { Config } from './config.ts'

/** What `createRedis` takes, of a configuration: `createRedis(redisOptions(await loadConfig()))`. Holds the passwords in clear. */
export function redisOptions({ redis }: Config): RedisOptions {
  const { tls, username, password, db } = redis
  return {
    ...placeOf(redis),
    ...(!redis.cluster.enabled && { db }),
    ...(username !== null && { username }),
    ...(password !== null && { password: password.reveal() }),
    ...(tls.enabled && {
      tls: {
        rejectUnauthorized: tls.rejectUnauthorized,
        ...(tls.ca !== null && { ca: tls.ca }),
        ...(tls.servername !== null && { servername: tls.servername }),
      },
    }),
    maxConnections: redis.maxConnections,
    connectTimeout: redis.connectTimeout,
    commandTimeout: redis.commandTimeout,
    readTimeout: redis.readTimeout,
    retryOnTimeout: redis.retryOnTimeout,
  }
}

function placeOf({ cluster, sentinel, socket, host, port }: Config['redis']): RedisOptions {
  if (cluster.enabled) return { cluster: { nodes: cluster.nodes } }
  if (sentinel.enabled) {
    return {
      sentinel: {
        // The rules of a configuration make sure of it.
        serviceName: sentinel.serviceName ?? '',
        sentinels: sentinel.sentinels,
        ...(sentinel.username !== null && { sentinelUsername: sentinel.username }),
        ...(sentinel.password !== null && { sentinelPassword: sentinel.password.reveal() }),
      },
    }
  }
  return socket === null ? { host, port } : { socketPath: socket }
}
