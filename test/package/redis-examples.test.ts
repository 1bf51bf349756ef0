import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { Redis as Client } from 'ioredis'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, createRedis, type Redis, type RedisOptions } from '../../src/index.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { adminRights, cacheRights, clusterRights, sessionRights } from '../support/redis-acl.ts'
import { compose } from './support/compose.ts'
import { deployment, examples, serve, watch, type Account, type Deployment } from './support/redis-examples.ts'

const execute = promisify(execFile)

let deployed: Deployment

beforeAll(async () => {
  deployed = await deployment()
  return deployed[Symbol.asyncDispose]
})

async function server(options?: Parameters<typeof serve>[1]) {
  const started = await serve(deployed, options)
  onTestFinished(() => started.stop())
  return started
}

/** Logs in as one of the accounts of users.acl. */
function login(account: Account, port: number): Client {
  // A node of a cluster without slots is never ready in the eyes of the client.
  const client = new Client({ port, username: account, password: deployed.passwords[account], enableReadyCheck: false })
  onTestFinished(() => client.disconnect())
  return client
}

function redisAs(options: RedisOptions): Redis {
  const redis = createRedis(options)
  onTestFinished(() => redis.close())
  return redis
}

const holdfastUrl = (port: number): string => `redis://holdfast:${deployed.passwords.holdfast}@127.0.0.1:${port}`

/** Reads, fills, sets and invalidates in every way, in two processes' worth of caches, and returns what the second read. */
async function useCache(redis: Redis): Promise<readonly unknown[]> {
  const options = { redis, namespace: 'ttrpg' }
  const [cache, other] = [createCache(options), createCache(options)]
  onTestFinished(() => cache.close())
  onTestFinished(() => other.close())
  await cache.set('requirements:1', 'set', { ttl: '1m', tags: ['requirement:1'] })
  await cache.getOrSet('requirements:2', () => 'loaded', { ttl: '1m', tags: ['requirement:2'] })
  const all = [
    { keys: ['a'] },
    { tags: ['b'] },
    { pattern: 'features:*' },
    { pattern: 'f*s:1' },
    { all: true as const },
  ]
  for (const targets of all) expect(await cache.invalidate(targets)).toMatchObject({ acknowledged: true })
  await cache.set('requirements:1', 'again', { ttl: '1m' })
  const now = { consistency: 'strict' } as const
  return [await other.get('requirements:1', now), await other.get('requirements:2', now)]
}

describe('redis.conf with users.acl', () => {
  it('starts a server that is bounded, evicts only what expires, saves nothing and lets nobody in without a name', async () => {
    const { port } = await server()
    const operator = login('operator', port)
    const setting = async (name: string) => (await operator.config('GET', name))[1]
    expect(await setting('maxmemory')).toBe(String(256 * 1024 * 1024))
    expect(await setting('maxmemory-policy')).toBe('volatile-ttl')
    expect([await setting('save'), await setting('appendonly')]).toEqual(['', 'no'])
    expect(await setting('min-replicas-max-lag')).toBe('2')
    await expect(redisAs({ url: `redis://127.0.0.1:${port}` }).ready()).rejects.toMatchObject({ failure: 'auth' })
  })

  it('is refused by the server until passwords.sh has been run', async () => {
    const unfilled = ['--aclfile', join(examples, 'users.acl')]
    await expect(serve(deployed, { args: unfilled })).rejects.toThrow(/users\.acl/)
  })

  it('gives the account holdfast all that the cache sends', async () => {
    const { port } = await server()
    const redis = redisAs({ url: holdfastUrl(port) })
    const operator = login('operator', port)
    await operator.acl('LOG', 'RESET')
    expect(await useCache(redis)).toEqual(['again', undefined])
    await vi.waitFor(() => expect(redis.health()).toMatchObject({ state: 'ok', problems: [], warnings: [] }))
    const denied = (await operator.acl('LOG')) as string[][]
    const objects = denied.map((entry) => entry[entry.indexOf('object') + 1])
    // The client library tells its name and version from Redis 7.2 on, and goes on when it may not.
    expect(objects.filter((object) => object !== 'client|setinfo')).toEqual([])
  })

  it('may be narrowed to one namespace as the page says', async () => {
    const page = await readFile(join(examples, '..', '..', 'docs', 'operations', 'redis.md'), 'utf8')
    const [, narrow = ''] = /write\s+`([^`]+)`\s+in\s+place\s+of/.exec(page) ?? []
    const { port } = await server()
    const operator = login('operator', port)
    await operator.call('ACL', 'SETUSER', 'holdfast', 'resetkeys', 'resetchannels', ...narrow.split(/\s+/))
    expect(await useCache(redisAs({ url: holdfastUrl(port) }))).toEqual(['again', undefined])
    await expect(login('holdfast', port).get('hf:another:e:{a}')).rejects.toThrow(/^NOPERM/)
  })

  it('gives the account holdfast the rights that are each missed when taken away, and a database other than 0', async () => {
    const needed = Object.keys({ ...cacheRights, ...sessionRights, ...adminRights, ...clusterRights })
    expect([...(await granted())].sort()).toEqual([...needed, 'select'].sort())
  })

  it('names every command of the sources for the account holdfast', async () => {
    const rights = await granted()
    const sent = await commandsOfSources()
    expect(sent.length).toBeGreaterThan(15)
    const isGranted = (command: string): boolean => [...rights].some((right) => right.split('|')[0] === command)
    expect(sent.filter((command) => !isGranted(command))).toEqual([])
  })

  it.each([
    ['KEYS', '*'],
    ['FLUSHALL'],
    ['CONFIG', 'GET', '*'],
    ['SHUTDOWN'],
    ['ACL', 'LIST'],
    ['GET', 'another:key'],
    ['PUBLISH', 'another', 'x'],
  ])('refuses the account holdfast %s', async (...command) => {
    const { port } = await server()
    const [name = '', ...args] = command
    await expect(login('holdfast', port).call(name, ...args)).rejects.toThrow(/^NOPERM/)
  })
})

describe('compose.sentinel.yml with sentinel.conf', () => {
  it('fences a primary without replicas, replicates, and names the primary to whoever has the passwords', async () => {
    const [first, second] = await Promise.all(['redis-1', 'redis-2'].map(commandLineOf))
    const primary = await server({ args: first ?? [] })
    const operator = login('operator', primary.port)
    await expect(operator.set('hf:x', '1', 'PX', 1000)).rejects.toThrow(/^NOREPLICAS/)

    const at = (second ?? []).indexOf('redis-1')
    const replica = (second ?? []).toSpliced(at, 2, '127.0.0.1', String(primary.port))
    await server({ args: [...replica, '--repl-diskless-sync-delay', '0'] })
    await vi.waitFor(() => operator.set('hf:x', '1', 'PX', 1000), { timeout: 30_000, interval: 50 })

    const sentinel = await watch(deployed, primary.port)
    onTestFinished(() => sentinel[Symbol.asyncDispose]())
    const asked = new Client({ port: sentinel.port, password: deployed.passwords.sentinels })
    onTestFinished(() => asked.disconnect())
    const flags = async () => fieldsOf((await asked.call('SENTINEL', 'MASTER', 'mymaster')) as string[])
    await vi.waitFor(async () => expect(await flags()).toMatchObject({ flags: 'master', 'num-slaves': '1' }), {
      timeout: 30_000,
      interval: 50,
    })

    const redis = redisAs({
      sentinel: {
        serviceName: 'mymaster',
        sentinels: [{ host: '127.0.0.1', port: sentinel.port }],
        sentinelPassword: deployed.passwords.sentinels,
      },
      username: 'holdfast',
      password: deployed.passwords.holdfast,
    })
    await redis.ready()
    expect(await useCache(redis)).toEqual(['again', undefined])
  })
})

describe('cluster.conf', () => {
  it('starts a node of a cluster, with redis.conf in it', async () => {
    const { port } = await server({ file: 'cluster.conf' })
    const operator = login('operator', port)
    expect(await operator.info('cluster')).toContain('cluster_enabled:1')
    expect(await operator.config('GET', 'cluster-node-timeout')).toEqual(['cluster-node-timeout', '5000'])
    expect(await operator.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'volatile-ttl'])
  })
})

describe('tls.conf with certificates.sh', () => {
  it('speaks TLS with a certificate for the hosts that are named, and only for those', async () => {
    await execute('sh', ['certificates.sh', 'localhost', 'redis-1'], { cwd: deployed.path })
    const tlsPort = await freePort()
    // A plain port beside it, by which the server is seen to be up.
    await server({ file: 'tls.conf', args: ['--tls-port', String(tlsPort)] })
    const url = `rediss://holdfast:${deployed.passwords.holdfast}@localhost:${tlsPort}`
    const ca = join(deployed.path, 'secrets', 'tls', 'ca.crt')
    await redisAs({ url, tls: { ca } }).ready()
    await redisAs({ url, tls: { ca, servername: 'redis-1' } }).ready()
    await expect(redisAs({ url, tls: { ca, servername: 'redis-9' } }).ready()).rejects.toMatchObject({ failure: 'tls' })
    await expect(redisAs({ url }).ready()).rejects.toMatchObject({ failure: 'tls' })
  })
})

/** What compose.sentinel.yml adds to redis.conf for a server, less the address, which is this machine's. */
async function commandLineOf(service: string): Promise<readonly string[]> {
  const { services } = await compose('compose.sentinel.yml')
  const [program, file, bind, , ...args] = services[service]?.command ?? []
  expect([program, file, bind]).toEqual(['redis-server', '/etc/redis/redis.conf', '--bind'])
  return args.filter(
    (argument, index) => argument !== '--replica-announce-ip' && args[index - 1] !== '--replica-announce-ip',
  )
}

/** The commands of the account holdfast in users.acl. */
async function granted(): Promise<ReadonlySet<string>> {
  const acl = await readFile(join(examples, 'users.acl'), 'utf8')
  return new Set(/^user holdfast .*$/m.exec(acl)?.[0].match(/(?<= \+)\S+/g))
}

/** The commands that src/ sends: called on a client, or in a script. */
async function commandsOfSources(): Promise<readonly string[]> {
  const { stdout } = await execute('grep', ['-rhoE', String.raw`redis\.call\('[A-Z]+'|client\.[a-z]+\(`, 'src'], {
    cwd: join(examples, '..', '..'),
  })
  // Of the client: how it is opened, listened to and ended, and how it sends several commands at once. CONFIG is asked
  // where it is granted; without it the fence is unknown.
  const own = new Set(['connect', 'on', 'once', 'disconnect', 'pipeline', 'config'])
  const names = stdout.split('\n').flatMap((line) => /(?:'|\.)([A-Za-z]+)['(]$/.exec(line)?.[1] ?? [])
  return [...new Set(names.map((name) => name.toLowerCase()))].filter((name) => !own.has(name)).sort()
}

function fieldsOf(flat: readonly string[]): Readonly<Record<string, string>> {
  const pairs = flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ''] as const] : []))
  return Object.fromEntries(pairs)
}
