/**
 * The five tests that the requirement names for sessions, by their names, against a real Redis. What it calls a
 * RedisSessionManager is Sessions here.
 */
import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'

import { cookieOf, logIn, openSessions } from '../../support/session-server.ts'
import { testRedis } from '../../support/redis.ts'

const server = testRedis()

function client(): Client {
  const opened = new Client(server.url)
  onTestFinished(() => opened.disconnect())
  return opened
}

describe('test_create_session_returns_session_id', () => {
  it('gives a new session an id of 256 random bits, in a cookie, that Redis knows by its hash alone', async () => {
    const { sessions, namespace } = openSessions({ url: server.url })
    const ids = new Set<string>()
    for (let made = 0; made < 10; made += 1) {
      const session = await sessions.load(undefined)
      session.set('made', made)
      const { setCookie = '' } = await session.commit()
      const id = /^__Host-id=([0-9a-f]{2}[\w-]{43});/.exec(setCookie)?.[1] ?? ''
      expect(id).not.toBe('')
      ids.add(id)
    }
    expect(ids.size).toBe(10)
    const keys = await client().keys(`hf:${namespace}:*`)
    for (const id of ids) expect(keys.some((key) => key.includes(id.slice(2)))).toBe(false)
  })
})

describe('test_get_session_returns_decrypted_data', () => {
  it('gives the data back to whoever sends the cookie, as they were set', async () => {
    const { sessions } = openSessions({ url: server.url })
    const data = { cart: [{ id: 'dice', count: 2 }], theme: 'dark', empty: null, zero: 0, no: false }
    const session = await sessions.load(undefined)
    for (const [name, value] of Object.entries(data)) session.set(name, value)
    const { setCookie } = await session.commit()
    expect({ ...(await sessions.load(cookieOf(setCookie))).data }).toEqual(data)
  })
})

describe('test_invalidate_session_removes_session', () => {
  it('takes the session out of Redis at logout, and the cookie is worth nothing', async () => {
    const { sessions, namespace } = openSessions({ url: server.url })
    const cookie = await logIn(sessions, 'ada')
    expect(await client().keys(`hf:${namespace}:[sm]:*`)).toHaveLength(2)
    await (await sessions.load(cookie)).logout()
    expect(await client().keys(`hf:${namespace}:*`)).toEqual([])
    expect((await sessions.load(cookie)).user).toBeUndefined()
  })
})

describe('test_session_data_encryption', () => {
  it('keeps nothing readable in Redis: neither the data, nor their names, nor whose they are', async () => {
    const { sessions, namespace } = openSessions({ url: server.url })
    const session = await sessions.load(undefined)
    await session.login('ada@example.org', { label: 'the engine' })
    session.set('secretName', 'secret value')
    await session.commit()
    const redis = client()
    const keys = await redis.keys(`hf:${namespace}:*`)
    const dumps = await Promise.all(
      keys.map(async (key) => `${key} ${(await redis.dumpBuffer(key))?.toString('latin1')}`),
    )
    expect(keys.length).toBeGreaterThan(3)
    for (const text of ['ada', 'example.org', 'engine', 'secretName', 'secret value', '"v":1'])
      expect(dumps.join('\n')).not.toContain(text)
  })
})

describe('test_session_management_across_requests', () => {
  it('is one session to every process of the service, whichever a request reaches', async () => {
    const first = openSessions({ url: server.url })
    const options = { namespace: first.namespace, keys: first.ring }
    const processes = [first, openSessions({ url: server.url }, options), openSessions({ url: server.url }, options)]
    const cookie = await logIn(first.sessions, 'ada')
    for (let request = 0; request < 9; request += 1) {
      const session = await processes[request % 3]?.sessions.load(cookie)
      expect(session?.user).toBe('ada')
      session?.incr('requests')
      await session?.commit()
    }
    expect((await first.sessions.load(cookie)).get('requests')).toBe(9)
    expect(await processes[1]?.sessions.revokeUser('ada')).toBe(1)
    for (const { sessions } of processes) expect((await sessions.load(cookie)).user).toBeUndefined()
  })
})
