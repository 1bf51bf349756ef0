/** The same sessions where keys live on several servers, and where a primary is replaced. */
import { describe, expect, it, onTestFinished } from 'vitest'

import type { PrivateRedis } from '../../../src/testing/index.ts'
import { eventually } from '../../support/eventually.ts'
import {
  asCacheUser,
  CACHE_USER,
  clusterRights,
  deniedBy,
  replicaRights,
  sessionUserArgs,
} from '../../support/redis-acl.ts'
import { askRedis, redisAdmin } from '../../support/redis-admin.ts'
import { startClusterTopology } from '../../support/redis-cluster.ts'
import { startSentinelTopology } from '../../support/redis-sentinel.ts'
import { seeded } from '../../support/seeded.ts'
import { commitOf, logIn, openSessions, type Opened } from '../../support/session-server.ts'

/** What the servers that answer have denied the user of the sessions. */
async function denied(servers: readonly PrivateRedis[]): Promise<readonly string[]> {
  const found = await Promise.all(
    servers.map(async ({ port }) => {
      const admin = redisAdmin(port)
      const of = await deniedBy(admin).catch(() => [])
      admin.close()
      return of
    }),
  )
  return found.flat()
}

async function sentinels() {
  const topology = await startSentinelTopology({ args: sessionUserArgs(replicaRights) })
  onTestFinished(() => topology.stop())
  return { topology, url: asCacheUser(topology.url) }
}

/** Everything that sessions do, for users whose buckets spread. */
async function use({ sessions }: Opened): Promise<number> {
  const random = seeded(6)
  for (let user = 0; user < 20; user += 1) {
    const name = `user ${user}`
    const cookies = await Promise.all(Array.from({ length: 4 }, () => logIn(sessions, name, 'device')))
    const living: string[] = []
    for (const cookie of cookies) if ((await sessions.load(cookie)).user === name) living.push(cookie)
    expect(living).toHaveLength(3)
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        const session = await sessions.load(living[0])
        session.incr('visits')
        await session.commit()
      }),
    )
    const session = await sessions.load(living[0])
    expect(session.get('visits')).toBe(4)
    await session.regenerate()
    const renewed = await commitOf(session)
    expect((await sessions.list(name)).map(({ label }) => label)).toEqual(['device', 'device', 'device'])
    expect(await sessions.attempts.attempt({ address: `198.51.100.${user}`, user: name })).toEqual({ allowed: true })
    const logsOut = random.below(2) === 0
    if (logsOut) await (await sessions.load(renewed)).logout()
    expect(await sessions.revokeUser(name)).toBe(logsOut ? 2 : 3)
    expect((await sessions.load(renewed)).user).toBeUndefined()
  }
  const session = await sessions.load(undefined)
  session.set('anonymous', true)
  await session.commit()
  return sessions.count()
}

describe('sessions on a cluster', () => {
  it('work, with all of a user in one slot and users on every node', async () => {
    const cluster = await startClusterTopology({ args: sessionUserArgs(clusterRights) })
    onTestFinished(() => cluster.stop())
    const opened = openSessions({ cluster: { nodes: cluster.addresses }, ...CACHE_USER }, { maxPerUser: 3 })
    await opened.redis.ready()
    expect(await use(opened)).toBe(1)
    expect(await denied(cluster.nodes.map(({ server }) => server))).toEqual([])
  })
})

describe('sessions behind sentinels', () => {
  it('go on after a failover, with the same cookies', async () => {
    const { topology, url } = await sentinels()
    const opened = openSessions({ url }, { maxPerUser: 3 })
    await opened.redis.ready()
    expect(await use(opened)).toBe(1)
    const cookie = await logIn(opened.sessions, 'ada')
    await askRedis((await topology.primary()).port, 'WAIT', 2, 5000)
    await topology.failover()
    const user = await eventually(async () => (await opened.sessions.load(cookie)).user, {
      what: 'the session on the new primary',
    })
    expect(user).toBe('ada')
    await eventually(async () => (await opened.sessions.revokeUser('ada')) + 1, { what: 'a write to the new primary' })
    expect((await opened.sessions.load(cookie)).user).toBeUndefined()
    expect(await denied(topology.servers)).toEqual([])
  })

  it('stay ended after a failover, once a replica is known to have it', async () => {
    const { topology, url } = await sentinels()
    await topology.settled()
    const { sessions, redis } = openSessions({ url }, { replicas: 2 })
    await redis.ready()
    const [one, two] = [await logIn(sessions, 'ada'), await logIn(sessions, 'eve')]
    await (await sessions.load(one)).logout()
    expect(await sessions.revokeUser('eve')).toBe(1)
    const before = await topology.primary()
    before.signal('SIGKILL')
    await topology.promoted(before)
    const users = await eventually(async () => [(await sessions.load(one)).user, (await sessions.load(two)).user], {
      what: 'an answer of the new primary',
    })
    expect(users).toEqual([undefined, undefined])
    expect(await denied(topology.servers)).toEqual([])
  })
})
