/**
 * What `replicas: 1` promises of the end of a session, on real sentinels: one that was acknowledged holds after the primary
 * is killed and a replica takes its place; one that no replica has is said to have failed.
 */
import { describe, expect, it, onTestFinished } from 'vitest'

import type { Sessions } from '../../src/index.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { eventually } from '../support/eventually.ts'
import { asCacheUser, replicaRights, sessionUserArgs } from '../support/redis-acl.ts'
import { askRedis } from '../support/redis-admin.ts'
import { startSentinelTopology, type SentinelTopology } from '../support/redis-sentinel.ts'
import { logIn, openSessions } from '../support/session-server.ts'

/** A user at two browsers, who logs out of the first, or everywhere. */
interface Person {
  readonly user: string
  readonly everywhere: boolean
  readonly first: string
  readonly second: string
}

type LoggedOut = Person & { readonly acknowledged: boolean }

async function people(sessions: Sessions, group: string, count: number): Promise<readonly Person[]> {
  const everyone = Array.from({ length: count }, async (_, index) => {
    const user = `${group} ${index}`
    const [first, second] = [await logIn(sessions, user), await logIn(sessions, user)]
    return { user, everywhere: index % 2 === 1, first, second }
  })
  return Promise.all(everyone)
}

/** Logs them out, and says of each whether that was acknowledged. */
async function logOut(sessions: Sessions, group: readonly Person[]): Promise<readonly LoggedOut[]> {
  const outcomes = await Promise.allSettled(
    group.map(async ({ first, everywhere }) => (await sessions.load(first)).logout({ everywhere })),
  )
  return group.map((person, index) => ({ ...person, acknowledged: outcomes[index]?.status === 'fulfilled' }))
}

async function isLoggedIn(sessions: Sessions, cookie: string): Promise<boolean> {
  return (await sessions.load(cookie)).user !== undefined
}

/** Who is logged in although a logout was acknowledged. */
async function broughtBack(sessions: Sessions, group: readonly LoggedOut[]): Promise<readonly string[]> {
  const back: string[] = []
  for (const { user, everywhere, first, second, acknowledged } of group) {
    if (!acknowledged) continue
    if (await isLoggedIn(sessions, first)) back.push(`${user}, first`)
    if (everywhere && (await isLoggedIn(sessions, second))) back.push(`${user}, second`)
  }
  return back
}

async function start() {
  // Sentinels point a replica back to its primary when it has strayed for twice this time.
  const topology = await startSentinelTopology({ downAfterMs: 2000, args: sessionUserArgs(replicaRights) })
  onTestFinished(() => topology.stop())
  const { sessions, redis } = openSessions(
    { url: asCacheUser(topology.url), readTimeout: '500ms', breaker: { minimumCalls: 1_000_000 } },
    { replicas: 1 },
  )
  await redis.ready()
  return { topology, sessions }
}

/** Kills the primary, and resolves when another one answers. */
async function killPrimary(topology: SentinelTopology, sessions: Sessions, cookie: string): Promise<void> {
  const primary = await topology.primary()
  primary.signal('SIGKILL')
  await topology.promoted(primary)
  await eventually(async () => (await sessions.load(cookie)).user, { what: 'an answer of the new primary' })
}

describe('with `replicas: 1`, a session whose end was acknowledged', () => {
  it('stays ended after a failover, also when a replica lags; what no replica has is said to have failed', async () => {
    const { topology, sessions } = await start()
    const groups = ['both', 'one', 'none', 'stay'].map((group) => people(sessions, group, 20))
    const [both = [], one = [], none = [], [stays] = []] = await Promise.all(groups)
    const primary = await topology.primary()
    expect(await askRedis(primary.port, 'WAIT', 2, 1500)).toBe(2)
    const nobody = await freePort()
    const [left, right] = await topology.replicas()
    const cutOff = (replica = left) => askRedis(replica?.port ?? 0, 'REPLICAOF', '127.0.0.1', nobody)

    const out = [...(await logOut(sessions, both))]
    await cutOff(left)
    out.push(...(await logOut(sessions, one)))
    expect(out.filter(({ acknowledged }) => !acknowledged)).toEqual([])
    await cutOff(right)
    const unheard = await logOut(sessions, none)
    expect(unheard.filter(({ acknowledged }) => acknowledged)).toEqual([])
    // On this primary they are out; nobody else knows, and who asks again is told the same.
    expect(await isLoggedIn(sessions, unheard[0]?.first ?? '')).toBe(false)
    expect((await logOut(sessions, none)).filter(({ acknowledged }) => acknowledged)).toEqual([])

    await killPrimary(topology, sessions, stays?.first ?? '')
    expect(await broughtBack(sessions, out)).toEqual([])
    // Their other browser is as it was: the replica that took over had everything else.
    for (const { everywhere, second } of out) expect(await isLoggedIn(sessions, second)).toBe(!everywhere)
    // This drill does lose what no replica had, so that it was not acknowledged matters.
    for (const { user, first } of unheard) expect(await isLoggedIn(sessions, first), user).toBe(true)
  })

  it('stays ended when the primary is killed among logouts', async () => {
    const { topology, sessions } = await start()
    const [everyone, [stays]] = [await people(sessions, 'storm', 200), await people(sessions, 'stay', 1)]
    expect(await askRedis((await topology.primary()).port, 'WAIT', 2, 1500)).toBe(2)
    const out: LoggedOut[] = []
    const storm = async (from: number): Promise<void> => {
      for (let at = from; at < everyone.length; at += 4)
        out.push(...(await logOut(sessions, everyone.slice(at, at + 1))))
    }
    const storms = [0, 1, 2, 3].map(storm)
    await eventually(async () => (out.length >= 40 ? true : undefined), { what: 'forty logouts', everyMs: 1 })
    await killPrimary(topology, sessions, stays?.first ?? '')
    await Promise.all(storms)
    const acknowledged = out.filter((person) => person.acknowledged)
    expect(acknowledged.length).toBeGreaterThan(20)
    expect(out.length - acknowledged.length, 'the drill did harm').toBeGreaterThan(0)
    expect(await broughtBack(sessions, out)).toEqual([])
  })
})
