import { privateRedis, type PrivateRedis, type PrivateRedisOptions } from '../../src/testing/index.ts'
import { redisAdmin, type Admin } from './redis-admin.ts'

/**
 * The commands of a cache's user and why each is needed, on the keys and channels of `hf:` alone. A test takes each away
 * in turn and sees it missed.
 */
export const cacheRights: Readonly<Record<string, string>> = {
  ping: 'ready()',
  'client|setname': 'the names of connections, in CLIENT LIST',
  info: 'health, and the replication id by which the log notices a failover',
  get: 'leases, reads in a cluster, and health',
  mget: 'reads, gathered',
  set: 'entries, leases, and the write probe of health',
  getrange: 'whether a stored entry is younger',
  del: 'leases that end, and the write that proves a primary',
  pttl: 'how long to wait for the load of another process',
  pexpire: 'a lease that is renewed',
  publish: 'the end of a load, for those who wait for it',
  subscribe: 'waiting for it',
  wait: 'invalidations that replicas have, where a cache asks for that',
  evalsha: 'scripts',
  eval: 'scripts that a server does not know yet',
  time: 'positions of the log',
  unlink: 'a log whose epoch has ended',
  hget: 'marks',
  hmget: 'the state of the log',
  hset: 'marks',
  hdel: 'marks that a fold stands for',
  scan: 'entries that were invalidated, to unlink them',
  hscan: 'all marks, after a gap',
  xadd: 'invalidations',
  xrange: 'invalidations that the tail missed',
  xrevrange: 'who invalidated a key',
  xread: 'the tail',
}

/** The commands of a user for sessions alone, and why each is needed. None of them can walk through the keys. */
export const sessionRights: Readonly<Record<string, string>> = {
  ping: 'ready()',
  'client|setname': 'the names of connections, in CLIENT LIST',
  info: 'health: the eviction policy',
  get: 'whether a user was logged out everywhere, budgets of attempts, reads in a cluster, and health',
  mget: 'reads, gathered',
  getex: 'reads that let a session live on',
  getrange: 'whether somebody else wrote a session',
  set: 'sessions, and the write probe of health',
  unlink: 'sessions that end',
  exists: 'which of a user’s sessions live',
  pttl: 'when a session was last used',
  pexpire: 'the life of an index',
  zadd: 'the sessions of a user',
  zrange: 'the list of them',
  zcard: 'how many they are',
  zrem: 'those that ended',
  zremrangebyscore: 'those that are past their end',
  time: 'budgets of attempts',
  evalsha: 'scripts',
  eval: 'scripts that a server does not know yet',
}

/** What the admin API and the doctor ask besides. Without them the pages say what they could not ask. */
export const adminRights: Readonly<Record<string, string>> = {
  strlen: 'the sizes of entries, in the key browser',
  'slowlog|get': 'slow commands',
}

/** What a user of a cluster needs besides. */
export const clusterRights: Readonly<Record<string, string>> = {
  'cluster|slots': 'who serves which slot',
  'cluster|info': 'whether the cluster serves at all',
}

/** What a user needs besides that has the ends of sessions wait for replicas. */
export const replicaRights: Readonly<Record<string, string>> = {
  wait: 'how many replicas have the end of a session',
}

export interface AclRedis extends AsyncDisposable {
  readonly server: PrivateRedis
  /** Logs in as the user of the cache. */
  readonly url: string
  readonly admin: Admin
  /** Gives the user other rules on top, such as `-mget`. */
  readonly change: (...rules: readonly string[]) => Promise<void>
  /** What was denied since the last call: the command, key or channel of each. */
  readonly denied: () => Promise<readonly string[]>
  stop(): Promise<void>
}

export const CACHE_USER = { username: 'cache', password: 'cache-secret' } as const
const ADMIN_PASSWORD = 'admin-secret'

/** The rules of a least-privilege user, as `ACL SETUSER` and a configuration file take them. */
export function cacheRules(...rights: readonly Readonly<Record<string, string>>[]): readonly string[] {
  return ['resetkeys', 'resetchannels', '~hf:*', '&hf:*', '-@all', ...allowed(cacheRights, ...rights)]
}

/** Those of a user for sessions alone. */
export function sessionRules(...rights: readonly Readonly<Record<string, string>>[]): readonly string[] {
  return ['resetkeys', 'resetchannels', '~hf:*', '-@all', ...allowed(sessionRights, ...rights)]
}

/**
 * Arguments by which a server begins with a user for sessions alone. Its default user may do everything without a password,
 * for replicas, sentinels and the tests themselves.
 */
export function sessionUserArgs(...rights: readonly Readonly<Record<string, string>>[]): readonly string[] {
  return ['--user', CACHE_USER.username, 'on', `>${CACHE_USER.password}`, ...sessionRules(...rights)]
}

/** The same address, for who logs in as the user of the cache. */
export function asCacheUser(url: string): string {
  return url.replace('://', `://${CACHE_USER.username}:${CACHE_USER.password}@`)
}

/** What a server denied since the last call: the command, key or channel of each. */
export async function deniedBy(admin: Pick<Admin, 'call'>): Promise<readonly string[]> {
  const log = (await admin.call('ACL', 'LOG')) as readonly (readonly unknown[])[]
  await admin.call('ACL', 'LOG', 'RESET')
  const objects = log.map((entry) => String(entry[entry.indexOf('object') + 1]))
  // The client library tells its version to servers from 7.2 on, and does without where it may not.
  return objects.filter((object) => object !== 'client|setinfo')
}

function allowed(...rights: readonly Readonly<Record<string, string>>[]): readonly string[] {
  return rights.flatMap(Object.keys).map((name) => `+${name}`)
}

/** A Redis whose default user needs a password, with a user for a cache that may do only what a cache must. */
export async function startAclRedis(options: PrivateRedisOptions = {}): Promise<AclRedis> {
  const server = await privateRedis({ ...options, args: ['--requirepass', ADMIN_PASSWORD, ...(options.args ?? [])] })
  const admin = redisAdmin(server.port, { password: ADMIN_PASSWORD })
  const change: AclRedis['change'] = async (...rules) =>
    void (await admin.call('ACL', 'SETUSER', CACHE_USER.username, ...rules))
  const stop = async (): Promise<void> => {
    admin.close()
    await server.stop()
  }
  try {
    await change('reset', 'on', `>${CACHE_USER.password}`, ...cacheRules())
  } catch (error) {
    await stop()
    throw error
  }
  return {
    server,
    url: asCacheUser(server.url),
    admin,
    change,
    denied: () => deniedBy(admin),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
