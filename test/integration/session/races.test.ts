/**
 * What overlapping requests may not do, each in a hundred orders that a seed decides. Every request is one Session; the
 * pauses between its steps let the others in.
 */
import { setImmediate as turn } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import { systemClock } from '../../../src/base/clock.ts'
import { createSessions, LoginRequiredError, type Sessions } from '../../../src/index.ts'
import { seeded, type Seeded } from '../../support/seeded.ts'
import { commitOf, logIn, sessionServer } from '../../support/session-server.ts'

const server = sessionServer()
const SEEDS = Array.from({ length: 100 }, (_, seed) => seed + 1)

/** Lets the others of a run go first, as often as the seed says. */
function pauses(random: Seeded): () => Promise<void> {
  return async () => {
    for (let left = random.below(12); left > 0; left -= 1) await turn()
  }
}

/** What happened in which order in each run, so that runs which are all alike are noticed. */
function orders() {
  const runs: string[] = []
  return {
    /** Begins a run; the returned function is told each step. */
    run(): (step: string) => void {
      runs.push('')
      return (step) => void (runs[runs.length - 1] += `${step} `)
    },
    /** @param least in how many ways it must have gone, at least */
    expectMany(least: number): void {
      expect(runs).toHaveLength(SEEDS.length)
      expect(new Set(runs).size).toBeGreaterThanOrEqual(least)
    },
  }
}

/** So that which of a login and a logout everywhere came first is not a matter of opinion. */
async function nextMillisecond(): Promise<void> {
  for (const began = Date.now(); Date.now() === began;) await turn()
}

async function isLoggedIn(sessions: Sessions, cookie: string): Promise<boolean> {
  return cookie !== '' && (await sessions.load(cookie)).user !== undefined
}

describe('a session that was ended', () => {
  it('is not brought back by a slow request that commits after the logout', async () => {
    const { sessions, events } = server.open()
    const tried = orders()
    const writes = { late: 0, early: 0 }
    for (const seed of SEEDS) {
      const pause = pauses(seeded(seed))
      const tell = tried.run()
      const cookie = await logIn(sessions, `user ${seed}`)
      const before = events.length
      const slow = async (): Promise<string> => {
        const session = await sessions.load(cookie)
        // Read before the logout in every run, or there is nothing to bring back.
        expect(session.user).toBe(`user ${seed}`)
        tell('read')
        await pause()
        session.set('draft', seed)
        session.incr('saves')
        await pause()
        tell('write')
        const sent = await commitOf(session)
        tell('written')
        return sent
      }
      const out = async (): Promise<void> => {
        for (let times = seed % 4; times >= 0; times -= 1) await pause()
        const session = await sessions.load(cookie)
        tell('logout')
        await session.logout()
        tell('out')
        await session.commit()
      }
      const [late] = await Promise.all([slow(), out()])
      expect(late, `seed ${seed}`).toBe('')
      expect(await isLoggedIn(sessions, cookie), `seed ${seed}`).toBe(false)
      const dropped = events.slice(before).filter(({ type }) => type === 'write-dropped').length
      writes[dropped === 0 ? 'early' : 'late'] += 1
    }
    expect(await sessions.count()).toBe(0)
    // Some came before and some after: both were tried, and most of what matters, which is after.
    expect(writes.late).toBeGreaterThan(20)
    expect(writes.early).toBeGreaterThan(0)
    tried.expectMany(3)
  })

  it('is not brought back under another token by a slow request that regenerates it', async () => {
    const { sessions } = server.open()
    for (const seed of SEEDS) {
      const pause = pauses(seeded(seed))
      const user = `user ${seed}`
      const cookie = await logIn(sessions, user)
      await nextMillisecond()
      const slow = async (): Promise<string> => {
        const session = await sessions.load(cookie)
        await pause()
        await session.regenerate()
        return commitOf(session)
      }
      const [renewed] = await Promise.all([slow(), pause().then(() => sessions.revokeUser(user))])
      expect(await isLoggedIn(sessions, renewed), `seed ${seed}`).toBe(false)
      expect(await isLoggedIn(sessions, cookie), `seed ${seed}`).toBe(false)
      expect(await sessions.list(user), `seed ${seed}`).toEqual([])
    }
  })
})

describe('logging out everywhere', () => {
  it('also ends logins that began before it and are written after it', async () => {
    const { sessions } = server.open()
    let refused = 0
    for (const seed of SEEDS) {
      const pause = pauses(seeded(seed))
      const user = `user ${seed}`
      const session = await sessions.load(undefined)
      await session.login(user)
      // The next millisecond, so that which came first is not a matter of opinion.
      for (const began = Date.now(); Date.now() === began;) await turn()
      const login = async (): Promise<string> => {
        await pause()
        try {
          return await commitOf(session)
        } catch (error) {
          if (!(error instanceof LoginRequiredError)) throw error
          refused += 1
          return ''
        }
      }
      const [cookie] = await Promise.all([login(), pause().then(() => sessions.revokeUser(user))])
      expect(await isLoggedIn(sessions, cookie), `seed ${seed}`).toBe(false)
      expect(await isLoggedIn(sessions, await logIn(sessions, user)), `seed ${seed}`).toBe(true)
    }
    expect(refused).toBeGreaterThan(5)
    expect(refused).toBeLessThan(95)
  })

  it('spares the one that asks, also when it takes another token afterwards', async () => {
    const { sessions } = server.open()
    const [mine, other] = [await logIn(sessions, 'ada'), await logIn(sessions, 'ada')]
    const session = await sessions.load(mine)
    for (const began = Date.now(); Date.now() === began;) await turn()
    expect(await session.logoutOthers()).toBe(1)
    expect([await isLoggedIn(sessions, mine), await isLoggedIn(sessions, other)]).toEqual([true, false])
    await session.regenerate()
    const second = await commitOf(session)
    const again = await sessions.load(second)
    await again.regenerate()
    expect(await isLoggedIn(sessions, await commitOf(again))).toBe(true)
  })
})

describe('logging out everywhere in the millisecond of a login', () => {
  const frozen = { ...systemClock, wallMs: () => 1_800_000_000_000 }

  it.each(['the same process', 'another process'])('also ends logins that began before it in %s', async (where) => {
    const { sessions, redis, ring, namespace } = server.open({ clock: frozen })
    const revoking =
      where === 'the same process' ? sessions : createSessions({ redis, keys: ring, namespace, clock: frozen })
    let refused = 0
    for (const seed of SEEDS) {
      const pause = pauses(seeded(seed))
      const user = `user ${seed}`
      const session = await sessions.load(undefined)
      await session.login(user)
      const login = async (): Promise<string> => {
        await pause()
        try {
          return await commitOf(session)
        } catch (error) {
          if (!(error instanceof LoginRequiredError)) throw error
          refused += 1
          return ''
        }
      }
      const [cookie] = await Promise.all([login(), pause().then(() => revoking.revokeUser(user))])
      expect(await isLoggedIn(sessions, cookie), `seed ${seed}`).toBe(false)
      // Who logs in again where the logout was asked for is let in at once.
      expect(await isLoggedIn(revoking, await logIn(revoking, user)), `seed ${seed}`).toBe(true)
    }
    expect(refused).toBeGreaterThan(5)
  })
})

describe('parallel writers', () => {
  it('lose nothing: eight at a time, names of their own and a counter of all', async () => {
    const { sessions, events } = server.open()
    const tried = orders()
    let overlapping = 0
    for (const seed of SEEDS) {
      const random = seeded(seed)
      const tell = tried.run()
      const cookie = await logIn(sessions, 'ada')
      const before = events.length
      const writers = Array.from({ length: 8 }, (_, index) => ({ index, pause: pauses(random) }))
      await Promise.all(
        writers.map(async ({ index, pause }) => {
          await pause()
          const session = await sessions.load(cookie)
          await pause()
          if (index % 2 === 0) session.set(`name ${index}`, index)
          else session.data[`name ${index}`] = index
          session.incr('count', index)
          await pause()
          await session.commit()
          tell(String(index))
        }),
      )
      if (events.slice(before).some(({ type }) => type === 'write-merged')) overlapping += 1
      const { data } = await sessions.load(cookie)
      const names = writers.map(({ index }) => [`name ${index}`, index] as const)
      expect({ ...data }, `seed ${seed}`).toEqual({ ...Object.fromEntries(names), count: 28 })
    }
    // In most runs one wrote on top of another, or nothing could have been lost.
    expect(overlapping).toBeGreaterThan(50)
    expect(events.filter(({ type }) => type === 'write-dropped')).toEqual([])
    tried.expectMany(50)
  })
})

describe('a cap of sessions per user', () => {
  it('leaves three of ten parallel logins', async () => {
    const { sessions, events } = server.open({ maxPerUser: 3 })
    const tried = orders()
    for (const seed of SEEDS) {
      const random = seeded(seed)
      const tell = tried.run()
      const user = `user ${seed}`
      const cookies = await Promise.all(
        Array.from({ length: 10 }, async (_, index) => {
          await pauses(random)()
          const cookie = await logIn(sessions, user)
          tell(String(index))
          return cookie
        }),
      )
      expect(new Set(cookies).size).toBe(10)
      const alive = await Promise.all(cookies.map((cookie) => isLoggedIn(sessions, cookie)))
      expect(alive.filter(Boolean).length, `seed ${seed}`).toBe(3)
      expect((await sessions.list(user)).length, `seed ${seed}`).toBe(3)
    }
    expect(await sessions.count()).toBe(300)
    // All ten were there, each under a name of its own, before seven of them went.
    const count = (type: string): number => events.filter((event) => event.type === type).length
    expect([count('session-created'), count('session-ended')]).toEqual([1000, 700])
    tried.expectMany(50)
  })

  it('ends no session of another browser when somebody logs in again in one', async () => {
    const { sessions, events } = server.open({ maxPerUser: 2 })
    const [other, mine] = [await logIn(sessions, 'ada'), await logIn(sessions, 'ada')]
    const session = await sessions.load(mine)
    await session.login('ada')
    const again = await commitOf(session)
    expect(await Promise.all([other, mine, again].map((cookie) => isLoggedIn(sessions, cookie)))).toEqual([
      true,
      false,
      true,
    ])
    expect(events.filter((event) => event.type === 'session-ended').map(({ why }) => why)).toEqual(['login'])
  })

  it('ends the oldest, and does not count those that idled away', async () => {
    const { sessions, namespace, events } = server.open({ maxPerUser: 2 })
    const first = await logIn(sessions, 'ada', 'first')
    const second = await logIn(sessions, 'ada', 'second')
    const handle = (await sessions.load(second)).handle ?? ''
    const keys = (await server.admin.call('KEYS', `hf:${namespace}:s:*${handle}*`)) as string[]
    await server.admin.call('UNLINK', keys[0] ?? '')
    const third = await logIn(sessions, 'ada', 'third')
    expect(await Promise.all([first, second, third].map((cookie) => isLoggedIn(sessions, cookie)))).toEqual([
      true,
      false,
      true,
    ])
    await logIn(sessions, 'ada', 'fourth')
    expect((await sessions.list('ada')).map(({ label }) => label).sort()).toEqual(['fourth', 'third'])
    expect(events.filter((event) => event.type === 'session-ended' && event.why === 'cap')).toHaveLength(1)
  })
})
