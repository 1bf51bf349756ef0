/**
 * The five tests that the requirement names for sessions, by their names, against a real Redis and as the user that may do
 * nothing more than sessions must. What it calls a RedisSessionManager is Sessions here.
 */
import { describe, expect, it } from 'vitest'

import { cookieOf, logIn, sessionServer } from '../../support/session-server.ts'

const server = sessionServer()

/** What Redis holds, asked past the user of sessions. */
async function keysOf(namespace: string, pattern = '*'): Promise<readonly string[]> {
  return (await server.admin.call('KEYS', `hf:${namespace}:${pattern}`)) as readonly string[]
}

describe('test_create_session_returns_session_id', () => {
  it('gives a new session an id of 256 random bits, in a cookie, that Redis knows by its hash alone', async () => {
    const { sessions, namespace } = server.open()
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
    const keys = await keysOf(namespace)
    for (const id of ids) expect(keys.some((key) => key.includes(id.slice(2)))).toBe(false)
  })
})

describe('test_get_session_returns_decrypted_data', () => {
  it('gives the data back to whoever sends the cookie, as they were set', async () => {
    const { sessions } = server.open()
    const data = { cart: [{ id: 'dice', count: 2 }], theme: 'dark', empty: null, zero: 0, no: false }
    const session = await sessions.load(undefined)
    for (const [name, value] of Object.entries(data)) session.set(name, value)
    const { setCookie } = await session.commit()
    expect({ ...(await sessions.load(cookieOf(setCookie))).data }).toEqual(data)
  })
})

describe('test_invalidate_session_removes_session', () => {
  it('takes the session out of Redis at logout, and the cookie is worth nothing', async () => {
    const { sessions, namespace } = server.open()
    const cookie = await logIn(sessions, 'ada')
    expect(await keysOf(namespace, '[sm]:*')).toHaveLength(2)
    await (await sessions.load(cookie)).logout()
    expect(await keysOf(namespace)).toEqual([])
    expect((await sessions.load(cookie)).user).toBeUndefined()
  })
})

describe('test_session_data_encryption', () => {
  it('keeps nothing readable in Redis: neither the data, nor their names, nor whose they are', async () => {
    const { sessions, namespace } = server.open()
    const session = await sessions.load(undefined)
    await session.login('ada@example.org', { label: 'the engine' })
    session.set('secretName', 'secret value')
    await session.commit()
    const keys = await keysOf(namespace)
    const dumps = await Promise.all(keys.map(async (key) => `${key} ${String(await server.admin.call('DUMP', key))}`))
    expect(keys.length).toBeGreaterThan(3)
    for (const text of ['ada', 'example.org', 'engine', 'secretName', 'secret value', '"v":1'])
      expect(dumps.join('\n')).not.toContain(text)
  })
})

describe('test_session_management_across_requests', () => {
  it('is one session to every process of the service, whichever a request reaches', async () => {
    const first = server.open()
    const options = { namespace: first.namespace, keys: first.ring }
    const processes = [first, server.open(options), server.open(options)]
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
