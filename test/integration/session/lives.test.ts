import { describe, expect, it } from 'vitest'

import { fakeClock } from '../../support/fake-clock.ts'
import { commitOf, cookieOf, logIn, sessionServer } from '../../support/session-server.ts'

const server = sessionServer()
const MINUTE = 60_000

async function lifeOf(namespace: string, kind: string): Promise<number> {
  const [key = ''] = (await server.admin.call('KEYS', `hf:${namespace}:${kind}:*`)) as string[]
  return Number(await server.admin.call('PTTL', key))
}

describe('the life of a session', () => {
  it('is renewed by use, once in a while, without a write of its data', async () => {
    const clock = fakeClock()
    const { sessions, namespace } = server.open({ clock, idle: '30m', touchEvery: '1m' })
    const cookie = await logIn(sessions, 'ada')
    const shorten = async (): Promise<void> => {
      const [key = ''] = (await server.admin.call('KEYS', `hf:${namespace}:s:*`)) as string[]
      await server.admin.call('PEXPIRE', key, 5 * MINUTE)
    }
    await shorten()
    await sessions.load(cookie)
    expect(await lifeOf(namespace, 's')).toBeGreaterThan(29 * MINUTE)
    await shorten()
    clock.advance(59_000)
    await sessions.load(cookie)
    expect(await lifeOf(namespace, 's')).toBeLessThanOrEqual(5 * MINUTE)
    clock.advance(1000)
    await sessions.load(cookie)
    expect(await lifeOf(namespace, 's')).toBeGreaterThan(29 * MINUTE)
  })

  it('ends at its absolute limit, though it is used every minute and has other tokens meanwhile', async () => {
    const clock = fakeClock()
    const { sessions, namespace, events } = server.open({ clock, idle: '30m', absolute: '2h' })
    let cookie = await logIn(sessions, 'ada')
    for (let minute = 1; minute < 120; minute += 1) {
      clock.advance(MINUTE)
      const session = await sessions.load(cookie)
      expect(session.user, `minute ${minute}`).toBe('ada')
      if (minute % 10 === 0) await session.regenerate()
      session.incr('visits')
      cookie = cookieOf((await session.commit()).setCookie) || cookie
    }
    expect(await lifeOf(namespace, 's')).toBeLessThanOrEqual(MINUTE)
    clock.advance(MINUTE)
    expect((await sessions.load(cookie)).user).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'cookie-refused', why: 'expired' })
    expect(await sessions.list('ada')).toEqual([])
  })

  it('ends when nobody uses it, and then it is in no list and no count', async () => {
    const { sessions, namespace } = server.open({ idle: 80, touchEvery: 10 })
    const cookies = await Promise.all(['ada', 'ada', 'eve'].map((user) => logIn(sessions, user)))
    const session = await sessions.load(undefined)
    session.set('anonymous', true)
    await session.commit()
    expect(await sessions.count()).toBe(4)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await sessions.load(cookies[0])).user).toBeUndefined()
    expect(await sessions.list('ada')).toEqual([])
    expect(await sessions.count()).toBe(0)
    // Asking was the clean-up: what is left is the index of eve, whom nobody asked about.
    expect(await server.admin.call('KEYS', `hf:${namespace}:a:*`)).toEqual([])
    expect(await server.admin.call('KEYS', `hf:${namespace}:u:*`)).toHaveLength(1)
  })

  it('leaves nothing in Redis that has no end', async () => {
    const { sessions, namespace } = server.open({ maxPerUser: 2 })
    for (const user of ['ada', 'ada', 'ada', 'eve']) await logIn(sessions, user)
    await sessions.revokeUser('eve')
    const session = await sessions.load(await logIn(sessions, 'ada'))
    await session.regenerate()
    await commitOf(session)
    await sessions.attempts.attempt({ address: '203.0.113.9', user: 'ada' })
    const keys = (await server.admin.call('KEYS', `hf:${namespace}:*`)) as string[]
    expect(keys.length).toBeGreaterThan(6)
    for (const key of keys) {
      const lifeMs = Number(await server.admin.call('PTTL', key))
      expect(lifeMs, key).toBeGreaterThan(0)
      expect(lifeMs, key).toBeLessThanOrEqual(12 * 60 * MINUTE)
    }
  })
})

describe('the credentials', () => {
  it('are asked for again before something that matters, when they were seen too long ago', async () => {
    const clock = fakeClock()
    const { sessions } = server.open({ clock })
    const first = await logIn(sessions, 'ada')
    clock.advance(10 * MINUTE)
    const session = await sessions.load(first)
    expect(session.requireUser()).toBe('ada')
    const stale = expect.objectContaining({ code: 'ERR_HOLDFAST_SESSION_LOGIN_REQUIRED', statusCode: 401 })
    expect(() => session.requireFresh('5m')).toThrow(stale)
    await session.login('ada')
    expect(session.requireFresh('5m')).toBe('ada')
    const second = await commitOf(session)
    expect((await sessions.load(second)).requireFresh('5m')).toBe('ada')
    expect((await sessions.load(first)).user).toBeUndefined()
    const nobody = await sessions.load(undefined)
    expect(() => nobody.requireUser()).toThrow(stale)
  })
})

describe('the devices of a user', () => {
  it('are listed with when they were last used, and ended one by one', async () => {
    const { sessions, events } = server.open()
    const [one, two] = [await logIn(sessions, 'ada', 'Firefox'), await logIn(sessions, 'ada', 'phone')]
    const session = await sessions.load(one)
    const devices = await session.devices()
    expect(new Map(devices.map(({ label, current }) => [label, current]))).toEqual(
      new Map([
        ['Firefox', true],
        ['phone', false],
      ]),
    )
    for (const { lastSeenMs, handle, loginAtMs, createdMs, endsMs } of devices) {
      expect(Math.abs(Date.now() - lastSeenMs)).toBeLessThan(60_000)
      expect(handle).toMatch(/^[\w-]{16}$/)
      expect((await sessions.load(`__Host-id=${handle}`)).user).toBeUndefined()
      expect(createdMs).toBeGreaterThanOrEqual(loginAtMs)
      expect(endsMs).toBe(createdMs + 12 * 60 * MINUTE)
    }
    const phone = devices.find(({ current }) => !current)?.handle ?? ''
    expect(await sessions.revoke('eve', phone)).toBe(false)
    expect(await sessions.revoke('ada', phone)).toBe(true)
    expect(await sessions.revoke('ada', phone)).toBe(false)
    expect((await sessions.load(two)).user).toBeUndefined()
    expect((await session.devices()).map(({ label }) => label)).toEqual(['Firefox'])
    expect(events.filter(({ type }) => type === 'session-ended')).toMatchObject([{ why: 'revoked', handle: phone }])
  })

  it('are all ended when the user logs out everywhere', async () => {
    const { sessions } = server.open()
    const cookies = [await logIn(sessions, 'ada'), await logIn(sessions, 'ada'), await logIn(sessions, 'eve')]
    const session = await sessions.load(cookies[0])
    await session.logout({ everywhere: true })
    expect((await session.commit()).setCookie).toContain('Max-Age=0')
    const users = await Promise.all(cookies.map(async (cookie) => (await sessions.load(cookie)).user))
    expect(users).toEqual([undefined, undefined, 'eve'])
  })
})

describe('attempts to log in', () => {
  const address = '203.0.113.9'

  it('are limited, also when a hundred come at once', async () => {
    const { sessions, events } = server.open({ loginLimits: { pair: { attempts: 5, per: '1h' } } })
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, () => sessions.attempts.attempt({ address, user: 'ada' })),
    )
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(5)
    expect(verdicts.at(-1)).toMatchObject({ allowed: false, retryAfter: expect.stringMatching(/^\d+$/) })
    expect(events.filter(({ type }) => type === 'attempt-limited')).toHaveLength(95)
    expect(JSON.stringify(events)).not.toContain('ada')
  })

  it('of one address do not use up what others may try with the same name', async () => {
    const { sessions } = server.open()
    for (let attempt = 0; attempt < 50; attempt += 1) await sessions.attempts.attempt({ address, user: 'ada' })
    expect(await sessions.attempts.attempt({ address, user: 'eve' })).toMatchObject({ allowed: false, by: 'address' })
    for (let other = 1; other <= 50; other += 1)
      expect(await sessions.attempts.attempt({ address: `198.51.100.${other}`, user: 'ada' })).toEqual({
        allowed: true,
      })
  })

  it('from one network of IPv6 count together, and are forgiven by a success', async () => {
    const { sessions } = server.open({ loginLimits: { address: false, user: false, pair: { attempts: 2, per: '1h' } } })
    const from = (host: string) => sessions.attempts.attempt({ address: `2001:db8:0:1::${host}`, user: 'ada' })
    expect([await from('1'), await from('2')]).toEqual([{ allowed: true }, { allowed: true }])
    expect(await from('3')).toMatchObject({ allowed: false, by: 'pair' })
    await sessions.attempts.forgive({ address: '2001:db8:0:1::9', user: 'ada' })
    expect(await from('4')).toEqual({ allowed: true })
  })
})
