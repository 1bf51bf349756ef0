import { privateRedis, type PrivateRedis, type PrivateRedisOptions } from '../../src/testing/index.ts'
import { redisAdmin, type Admin } from './redis-admin.ts'

/**
 * The commands of a cache's user and why each is needed, on the keys and channels of `hf:` alone. A test takes each away
 * in turn and sees it missed.
 */
export const cacheRights: Readonly<Record<string, string>> = {
  ping: 'ready()',
  info: 'health, and the replication id by which the log notices a failover',
  get: 'reads in a cluster, and health',
  mget: 'reads, gathered',
  set: 'entries, and the write probe of health',
  getrange: 'whether a stored entry is younger',
  evalsha: 'scripts',
  eval: 'scripts that a server does not know yet',
  time: 'positions of the log',
  del: 'the write that proves a primary',
  unlink: 'a log whose epoch has ended',
  hget: 'marks',
  hmget: 'the state of the log',
  hset: 'marks',
  hdel: 'marks that a fold stands for',
  hscan: 'all marks, after a gap',
  xadd: 'invalidations',
  xrange: 'invalidations that the tail missed',
  xread: 'the tail',
}

export interface AclRedis extends AsyncDisposable {
  readonly server: PrivateRedis
  /** Logs in as the user of the cache. */
  readonly url: string
  readonly admin: Admin
  /** Gives the user other rules on top, such as `-mget`. */
  change(...rules: readonly string[]): Promise<void>
  /** What was denied since the last call: the command, key or channel of each. */
  denied(): Promise<readonly string[]>
  stop(): Promise<void>
}

const USER = 'cache'
const PASSWORD = 'cache-secret'
const ADMIN_PASSWORD = 'admin-secret'

/** The rules of a least-privilege user, as `ACL SETUSER` and a configuration file take them. */
export function cacheRules(): readonly string[] {
  return [
    'resetkeys',
    'resetchannels',
    '~hf:*',
    '&hf:*',
    '-@all',
    ...Object.keys(cacheRights).map((name) => `+${name}`),
  ]
}

/** A Redis whose default user needs a password, with a user for a cache that may do only what a cache must. */
export async function startAclRedis(options: PrivateRedisOptions = {}): Promise<AclRedis> {
  const server = await privateRedis({ ...options, args: ['--requirepass', ADMIN_PASSWORD, ...(options.args ?? [])] })
  const admin = redisAdmin(server.port, { password: ADMIN_PASSWORD })
  const change: AclRedis['change'] = async (...rules) => void (await admin.call('ACL', 'SETUSER', USER, ...rules))
  const stop = async (): Promise<void> => {
    admin.close()
    await server.stop()
  }
  try {
    await change('reset', 'on', `>${PASSWORD}`, ...cacheRules())
  } catch (error) {
    await stop()
    throw error
  }
  return {
    server,
    url: `redis://${USER}:${PASSWORD}@${server.host}:${server.port}`,
    admin,
    change,
    async denied() {
      const log = (await admin.call('ACL', 'LOG')) as readonly (readonly unknown[])[]
      await admin.call('ACL', 'LOG', 'RESET')
      return log.map((entry) => String(entry[entry.indexOf('object') + 1]))
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
