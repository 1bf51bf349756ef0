/**
 * What somebody who sends cookies, or who writes to Redis, may not achieve. Each is refused, counted, and costs the request
 * nothing but its session.
 */
import { randomBytes } from 'node:crypto'

import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createKeyRing, type Sessions } from '../../../src/index.ts'
import { seal } from '../../../src/session/envelope.ts'
import { parseToken } from '../../../src/session/token.ts'
import { seeded } from '../../support/seeded.ts'
import { commitOf, logIn, sessionServer } from '../../support/session-server.ts'

const server = sessionServer()

/** Redis as somebody has it who may write anything. */
function intruder(): Client {
  const client = new Client(server.acl.server.port, '127.0.0.1', { password: 'admin-secret' })
  onTestFinished(() => client.disconnect())
  return client
}

const keyOf = (namespace: string, cookie: string): string => {
  const token = parseToken(cookie.slice('__Host-id='.length))
  return `hf:${namespace}:s:{${token?.bucket}}:${token?.hash}`
}

async function userOf(sessions: Sessions, cookie: string): Promise<string | undefined> {
  const session = await sessions.load(cookie)
  expect(session.available).toBe(true)
  return session.user
}

describe('a cookie', () => {
  it.each([
    ['a pattern', '*'],
    ['a pattern with a bucket', `ff${'?'.repeat(43)}`],
    ['a set of characters', `ff[a-z]${'A'.repeat(37)}`],
    ['braces', `{}${'A'.repeat(43)}`],
    ['line ends', `ff${'A'.repeat(40)}\r\nA`],
    ['NUL', `ff${'A'.repeat(42)}\0`],
    ['an emoji', `ff${'A'.repeat(41)}🎲`],
    ['another spelling of the last character', `ff${'A'.repeat(42)}B`],
    ['padding', `ff${'A'.repeat(43)}=`],
    ['a megabyte', 'A'.repeat(1_000_000)],
    ['nothing', ''],
    ['a handle', 'AAAAAAAAAAAAAAAA'],
  ])('of %s touches nothing in Redis', async (_, value) => {
    const { sessions, redis, events } = server.open()
    await redis.ready()
    const before = await server.admin.calls('get')
    const reads = async (): Promise<number> =>
      (await server.admin.calls('mget')) +
      (await server.admin.calls('getex')) +
      (await server.admin.calls('get')) -
      before
    const read = await reads()
    expect(await userOf(sessions, `__Host-id=${value}`)).toBeUndefined()
    expect(await reads()).toBe(read)
    const why = value.length > 8192 ? 'oversized' : 'malformed'
    expect(events).toEqual([{ type: 'cookie-refused', why }])
    expect(sessions.stats()).toEqual({ [`cookie-refused:${why}`]: 1 })
  })

  it('in a hundred shapes that a seed makes touches no key but its own', async () => {
    const { sessions } = server.open()
    const cookie = await logIn(sessions, 'ada')
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = seeded(seed)
      const value = cookie.slice('__Host-id='.length).split('')
      value[random.below(value.length)] = random.pick(['*', '?', '[', ']', '\\', '{', '}', '^', '-', '_', 'Z', 'é'])
      const changed = value.join('')
      const isSame = `__Host-id=${changed}` === cookie
      expect(await userOf(sessions, `__Host-id=${changed}`), `seed ${seed}`).toBe(isSame ? 'ada' : undefined)
    }
    expect(await userOf(sessions, cookie)).toBe('ada')
  })

  it('that comes twice is refused, since one of them may be planted', async () => {
    const { sessions, events } = server.open()
    const [mine, planted] = [await logIn(sessions, 'ada'), await logIn(sessions, 'eve')]
    expect(await userOf(sessions, `${planted}; ${mine}`)).toBeUndefined()
    expect(events.at(-1)).toEqual({ type: 'cookie-refused', why: 'duplicate' })
  })

  it('of the right shape that nobody was given is not adopted', async () => {
    const { sessions, events } = server.open()
    const invented = `__Host-id=ff${randomBytes(32).toString('base64url')}`
    const session = await sessions.load(invented)
    expect(events.at(-1)).toMatchObject({ type: 'cookie-refused', why: 'unknown' })
    session.set('a', 1)
    expect(await commitOf(session)).not.toBe(invented)
    expect((await sessions.load(invented)).get('a')).toBeUndefined()
  })

  it('is not cleared because it is unknown: a parallel login may have just replaced it', async () => {
    const { sessions } = server.open()
    const session = await sessions.load(`__Host-id=ff${randomBytes(32).toString('base64url')}`)
    expect(await session.commit()).toEqual({ headers: {} })
  })
})

describe('a sealed session in Redis', () => {
  it('is refused with any bit of it flipped', async () => {
    const { sessions, namespace } = server.open()
    const client = intruder()
    const cookie = await logIn(sessions, 'ada')
    const key = keyOf(namespace, cookie)
    const blob = (await client.getBuffer(key)) ?? Buffer.alloc(0)
    expect(blob.length).toBeGreaterThan(60)
    for (let at = 0; at < blob.length; at += 1) {
      const changed = Buffer.from(blob)
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
      await client.set(key, changed, 'KEEPTTL')
      expect(await userOf(sessions, cookie), `byte ${at}`).toBeUndefined()
    }
    await client.set(key, blob, 'KEEPTTL')
    expect(await userOf(sessions, cookie)).toBe('ada')
  })

  it('is refused cut off, with a shorter tag, and in place of another', async () => {
    const { sessions, namespace, ring } = server.open()
    const elsewhere = server.open({ keys: ring })
    const client = intruder()
    const [ada, eve] = [await logIn(sessions, 'ada'), await logIn(sessions, 'eve')]
    const [adas, eves] = [keyOf(namespace, ada), keyOf(namespace, eve)]
    const blob = (await client.getBuffer(adas)) ?? Buffer.alloc(0)
    for (const bytes of [0, 1, 17, 18, 33, 34, blob.length - 12, blob.length - 8, blob.length - 1]) {
      await client.set(adas, blob.subarray(0, bytes), 'KEEPTTL')
      expect(await userOf(sessions, ada), `${bytes} bytes`).toBeUndefined()
    }
    await client.set(eves, blob, 'KEEPTTL')
    expect(await userOf(sessions, eve)).toBeUndefined()
    // The same token in another namespace, with the same keys.
    await client.set(keyOf(elsewhere.namespace, ada), blob, 'PX', 60_000)
    expect(await userOf(elsewhere.sessions, ada)).toBeUndefined()
    expect(elsewhere.events.at(-1)).toMatchObject({ type: 'cookie-refused', why: 'unreadable' })
    await client.set(adas, blob, 'KEEPTTL')
    expect(await userOf(sessions, ada)).toBe('ada')
  })

  it('is parsed by nothing before its tag is checked', async () => {
    const { sessions, namespace } = server.open()
    const client = intruder()
    const session = await sessions.load(undefined)
    session.set('a', 'what was sealed')
    const cookie = await commitOf(session)
    const key = keyOf(namespace, cookie)
    const blob = (await client.getBuffer(key)) ?? Buffer.alloc(0)
    const parse = vi.spyOn(JSON, 'parse')
    onTestFinished(() => parse.mockRestore())
    const parsed = (): number => parse.mock.calls.filter(([text]) => text.includes('sealed')).length
    // All is as it was written but the tag, so that what is deciphered would be a session.
    for (let at = blob.length - 16; at < blob.length; at += 1) {
      const changed = Buffer.from(blob)
      changed[at] = (changed[at] ?? 0) ^ 1
      await client.set(key, changed, 'KEEPTTL')
      expect((await sessions.load(cookie)).get('a'), `byte ${at}`).toBeUndefined()
    }
    expect(parsed()).toBe(0)
    await client.set(key, blob, 'KEEPTTL')
    expect((await sessions.load(cookie)).get('a')).toBe('what was sealed')
    expect(parsed()).toBe(1)
  })

  it('is refused when its key is not known, and opens again when it is', async () => {
    const keys = { a: randomBytes(32), b: randomBytes(32) }
    const ring = createKeyRing({ keys, current: 'a' })
    const { sessions, events } = server.open({ keys: ring })
    const cookie = await logIn(sessions, 'ada')
    ring.replace({ keys: { b: keys.b } })
    for (let again = 0; again < 3; again += 1) expect(await userOf(sessions, cookie)).toBeUndefined()
    expect(sessions.stats()).toMatchObject({ 'cookie-refused:unknown-key': 3 })
    expect(events.at(-1)).toMatchObject({ type: 'cookie-refused', why: 'unknown-key' })
    ring.replace({ keys, current: 'b' })
    expect(await userOf(sessions, cookie)).toBe('ada')
  })

  // Sealed with the right key by something that is not this library, such as an older version of the application.
  it.each([
    ['a name that changes what objects inherit', '{"v":1,"d":{"__proto__":{"admin":true}},"c":1,"x":9e15,"k":1}'],
    ['the same spelt otherwise', String.raw`{"v":1,"d":{"\u005f_proto__":{"admin":true}},"c":1,"x":9e15,"k":1}`],
    ['a constructor', '{"v":1,"d":{"a":{"constructor":{"prototype":{"admin":true}}}},"c":1,"x":9e15,"k":1}'],
    ['depth', `{"v":1,"d":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)},"c":1,"x":9e15,"k":1}`],
    [
      'depth that exceeds the size too',
      `{"v":1,"d":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}},"c":1,"x":9e15,"k":1}`,
    ],
    ['no JSON', '{'],
    ['an array', '[]'],
    ['another version', '{"v":2}'],
    ['an end that is text', '{"v":1,"d":{},"c":1,"x":"9e15","k":1}'],
    ['a user that is an object', '{"v":1,"d":{},"c":1,"x":9e15,"k":1,"u":{},"a":1,"l":""}'],
  ])('that holds %s is no session, again and again', async (_, text) => {
    const { sessions, namespace, ring } = server.open()
    const client = intruder()
    const cookie = await logIn(sessions, 'ada')
    const token = parseToken(cookie.slice('__Host-id='.length))
    const key = keyOf(namespace, cookie)
    const { wireId } = ring.sealing('session')
    const place = { key, purpose: 'session', salt: token?.secret ?? Buffer.alloc(0) }
    const write = (json: string) =>
      client.set(key, seal(ring, place, json.replace('"k":1', `"k":${wireId}`)), 'KEEPTTL')
    await write('{"v":1,"d":{"a":1},"c":1,"x":9000000000000000,"k":1,"u":"ada","a":1,"l":""}')
    expect(await userOf(sessions, cookie)).toBe('ada')
    await write(text.replace('9e15', '9000000000000000'))
    for (let again = 0; again < 3; again += 1) {
      const session = await sessions.load(cookie)
      expect([session.user, session.get('a'), Object.keys(session.data)]).toEqual([undefined, undefined, []])
      expect(await session.commit()).toEqual({ headers: {} })
    }
    expect(sessions.stats()).toMatchObject({ 'cookie-refused:unreadable': 3 })
    expect('admin' in {}).toBe(false)
  })

  it('lives no longer than it was sealed for, whatever TTL it is given', async () => {
    const { sessions, namespace, events } = server.open({ idle: 50, absolute: 50 })
    const cookie = await logIn(sessions, 'ada')
    await intruder().persist(keyOf(namespace, cookie))
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(await userOf(sessions, cookie)).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'cookie-refused', why: 'expired' })
  })
})

describe('what a user typed', () => {
  const names = ['*', '?', '[a-z]', '\\', '{}', 'a\r\nSET x y', 'a\0b', '🎲', 'x'.repeat(1024), '../..', '__proto__']

  it.each(names)('as a user id %j is one user, and nobody else', async (user) => {
    const { sessions } = server.open()
    await logIn(sessions, 'ada')
    const cookie = await logIn(sessions, user)
    expect(await userOf(sessions, cookie)).toBe(user)
    expect(await sessions.list(user)).toHaveLength(1)
    expect(await sessions.revokeUser(user)).toBe(1)
    expect(await userOf(sessions, cookie)).toBeUndefined()
    expect(await sessions.list('ada')).toHaveLength(1)
  })

  it.each([
    ['a megabyte', 'x'.repeat(1_000_000)],
    ['nothing', ''],
    ['half a character', '\ud83c'],
  ])('as a user id of %s is refused before Redis is asked', async (_, user) => {
    const { sessions } = server.open()
    const session = await sessions.load(undefined)
    await expect(session.login(user)).rejects.toMatchObject({ code: 'ERR_HOLDFAST_SESSION_INVALID' })
    await expect(sessions.revokeUser(user)).rejects.toMatchObject({ code: 'ERR_HOLDFAST_SESSION_INVALID' })
  })

  it('as a handle is compared, never searched with', async () => {
    const { sessions } = server.open()
    await logIn(sessions, 'ada')
    for (const handle of ['*', '', '????????????????', '__proto__'])
      expect(await sessions.revoke('ada', handle)).toBe(false)
    expect(await sessions.list('ada')).toHaveLength(1)
  })

  it('in the data is refused where reading it back would not be safe', async () => {
    const { sessions } = server.open()
    const session = await sessions.load(undefined)
    const deep: unknown = JSON.parse('['.repeat(1000) + ']'.repeat(1000))
    const circle: unknown[] = []
    circle.push(circle)
    for (const value of [JSON.parse('{"__proto__":{"admin":true}}'), deep, circle, 1n, () => 1, Symbol('a')])
      expect(() => session.set('a', value)).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_SESSION_INVALID' }))
    expect(() => session.set('__proto__', 1)).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_SESSION_INVALID' }))
    session.data['a'] = JSON.parse('{"__proto__":{"admin":true}}') as unknown
    await expect(session.commit()).rejects.toMatchObject({ code: 'ERR_HOLDFAST_SESSION_INVALID' })
    delete session.data['a']
    session.set('big', 'x'.repeat(70_000))
    await expect(session.commit()).rejects.toMatchObject({ code: 'ERR_HOLDFAST_SESSION_INVALID' })
    expect(await sessions.count()).toBe(0)
  })
})
