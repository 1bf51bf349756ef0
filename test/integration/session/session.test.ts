import { randomBytes } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { commitOf, cookieOf, logIn, sessionServer } from '../../support/session-server.ts'

const server = sessionServer()

describe('a session', () => {
  it('does not exist until something is written to it', async () => {
    const { sessions } = server.open()
    const session = await sessions.load(undefined)
    expect([session.handle, session.user, session.settled]).toEqual([undefined, undefined, true])
    expect(await session.commit()).toEqual({ headers: {} })
    expect(await sessions.count()).toBe(0)
  })

  it('keeps what is written, for whoever sends its cookie', async () => {
    const { sessions } = server.open()
    const session = await sessions.load(undefined)
    session.set('cart', ['dice'])
    session.incr('visits')
    const { setCookie, headers } = await session.commit()
    expect(setCookie).toMatch(/^__Host-id=[0-9a-f]{2}[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    expect(headers).toEqual({ 'set-cookie': setCookie, 'cache-control': 'no-store', vary: 'Cookie' })

    const again = await sessions.load(`a=1; ${cookieOf(setCookie)}; b=2`)
    expect([again.get('cart'), again.get('visits'), again.handle]).toEqual([['dice'], 1, session.handle])
    expect(await again.commit()).toEqual({ headers: {} })
  })

  it('is counted for each request that comes with it while it lives, which nobody is told of', async () => {
    const { sessions, events } = server.open()
    const cookie = await logIn(sessions, 'ada')
    expect(sessions.stats()).toEqual({ 'session-created': 1 })
    for (let request = 0; request < 5; request += 1) await sessions.load(cookie)
    await Promise.all(
      Array.from({ length: 3 }, async () => {
        const session = await sessions.load(cookie)
        session.incr('visits')
        await session.commit()
      }),
    )
    // What is read again for a write that others came before is no request.
    expect(sessions.stats()).toMatchObject({ 'session-created': 1, 'session-resumed': 8 })
    await (await sessions.load(cookie)).logout()
    await sessions.load(cookie)
    await sessions.load(undefined)
    expect(sessions.stats()).toMatchObject({ 'session-resumed': 9, 'cookie-refused:unknown': 1 })
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['session-created', 'write-merged', 'session-ended', 'cookie-refused']),
    )
    const id = randomBytes(32).toString('base64url')
    await sessions.records.create(id, Object.create(null) as Record<string, unknown>)
    for (const _ of ['once', 'twice']) await sessions.records.read(id)
    await sessions.records.end(id)
    expect(await sessions.records.read(id)).toBeUndefined()
    expect(sessions.stats()).toMatchObject({ 'session-resumed': 11 })
  })

  it('is logged in under another token, with its data, and the old token is worth nothing', async () => {
    const { sessions } = server.open()
    const before = await sessions.load(undefined)
    before.set('cart', ['dice'])
    const planted = await commitOf(before)
    const session = await sessions.load(planted)
    await session.login('ada', { label: 'Firefox' })
    const cookie = await commitOf(session)

    expect(cookie).not.toBe(planted)
    const [old, now] = [await sessions.load(planted), await sessions.load(cookie)]
    expect([old.user, old.get('cart')]).toEqual([undefined, undefined])
    expect([now.user, now.get('cart')]).toEqual(['ada', ['dice']])
    expect(await now.devices()).toMatchObject([{ label: 'Firefox', current: true, handle: now.handle }])
    expect(await sessions.count()).toBe(1)
  })

  it('shows after its commit what others wrote since it was read, and keeps what was changed meanwhile for the next', async () => {
    const { sessions } = server.open()
    const cookie = await logIn(sessions, 'ada')
    const [mine, other] = [await sessions.load(cookie), await sessions.load(cookie)]
    other.set('theirs', ['dice'])
    await other.commit()
    mine.set('mine', 1)
    const underWay = mine.commit()
    mine.set('later', 2)
    await underWay
    expect([mine.get('theirs'), mine.get('mine'), mine.get('later')]).toEqual([['dice'], 1, 2])
    // Now nobody came between, so nothing of others is there to be seen.
    const settled = mine.commit()
    mine.incr('latest')
    await settled
    await mine.commit()
    expect(mine.settled).toBe(true)
    expect({ ...(await sessions.load(cookie)).data }).toEqual({ theirs: ['dice'], mine: 1, later: 2, latest: 1 })
    expect({ ...mine.data }).toEqual({ theirs: ['dice'], mine: 1, later: 2, latest: 1 })
  })

  it('ends at logout, and its cookie with it', async () => {
    const { sessions } = server.open()
    const cookie = await logIn(sessions, 'ada')
    const session = await sessions.load(cookie)
    await session.logout()
    const { setCookie, headers } = await session.commit()
    expect(setCookie).toBe('__Host-id=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0')
    expect(headers['clear-site-data']).toBe('"cache", "storage"')
    expect((await sessions.load(cookie)).user).toBeUndefined()
    expect(await sessions.list('ada')).toEqual([])
    expect(await sessions.count()).toBe(0)
  })

  it('has another token after regenerate(), with the same login and end', async () => {
    const { sessions } = server.open()
    const cookie = await logIn(sessions, 'ada', 'Firefox')
    const [{ endsMs } = { endsMs: 0 }] = await sessions.list('ada')
    const session = await sessions.load(cookie)
    await session.regenerate()
    session.set('role', 'editor')
    const renewed = await commitOf(session)

    expect((await sessions.load(cookie)).user).toBeUndefined()
    const now = await sessions.load(renewed)
    expect([now.user, now.get('role')]).toEqual(['ada', 'editor'])
    expect(await sessions.list('ada')).toMatchObject([{ label: 'Firefox', endsMs, handle: now.handle }])
  })
})
