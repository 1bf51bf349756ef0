import { connect } from './connection.ts'
import { resolveRedisOptions, type RedisOptions } from './options.ts'
import type { Redis } from './redis.ts'
import { runScript } from './run-script.ts'
import { openStreamReader } from './stream-reader.ts'

/**
 * A Redis for the cache. Returns at once and connects behind; a command given before the first connection waits for it
 * within its deadline. When Redis goes away its commands fail at once and the connection comes back by itself.
 *
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when the options cannot work
 */
export function createRedis(options: RedisOptions): Redis {
  const resolved = resolveRedisOptions(options)
  const { deadlineMs, connectTimeoutMs } = resolved
  const connection = connect(resolved, 'holdfast')
  const close = async (): Promise<void> => connection.close()

  return {
    address: resolved.address,
    async ready() {
      await connection.send('PING', connectTimeoutMs, (client) => client.ping())
    },
    get: (key) => connection.send('GET', deadlineMs, (client) => client.getBuffer(key)),
    run: (script, keys, args) =>
      connection.send(script.name, deadlineMs, (client) => runScript(client, script, keys, args)),
    async scanHash(key, cursor, count) {
      const [next, flat] = await connection.send('HSCAN', deadlineMs, (client) =>
        client.hscan(key, cursor, 'COUNT', count),
      )
      return { cursor: next, fields: pairs(flat) }
    },
    openStreamReader: () => openStreamReader(resolved),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  const fields: [string, string][] = []
  for (let at = 0; at + 1 < flat.length; at += 2) fields.push([flat[at] ?? '', flat[at + 1] ?? ''])
  return fields
}
