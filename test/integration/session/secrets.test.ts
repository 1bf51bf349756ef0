/** What must not be found: in Redis, on the wire, in events, in errors, or in anything that is printed. */
import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'

import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createKeyRing, createRedis, createSessions } from '../../../src/index.ts'
import { unseal } from '../../../src/session/envelope.ts'
import { cookieOf, sessionServer } from '../../support/session-server.ts'

const server = sessionServer()
const USER = 'ada.lovelace@example.org'
const SECRET = 'the dice are loaded'
const LABEL = 'Firefox on the analytical engine'
const NAME = 'secretName'

function admin(): Client {
  const client = new Client(server.acl.server.port, '127.0.0.1', { password: 'admin-secret' })
  onTestFinished(() => client.disconnect())
  return client
}

/** A session used in every way; what must be found nowhere but in the cookie and in the keys. */
async function used(namespace: string) {
  const secret = randomBytes(32)
  const ring = createKeyRing({ keys: { first: secret } })
  const opened = server.open({ keys: ring, namespace, maxPerUser: 5 })
  const { sessions } = opened
  const session = await sessions.load(undefined)
  session.set(NAME, SECRET)
  session.csrfToken()
  const first = cookieOf((await session.commit()).setCookie)
  await session.login(USER, { label: LABEL })
  const second = cookieOf((await session.commit()).setCookie)
  const again = await sessions.load(second)
  again.incr('visits')
  await again.regenerate()
  const third = cookieOf((await again.commit()).setCookie)
  await sessions.attempts.attempt({ address: '203.0.113.9', user: USER })
  await sessions.list(USER)
  const current = await sessions.load(third)
  const tokens = [first, second, third].map((cookie) => cookie.slice('__Host-id='.length + 2))
  const wanted = [...tokens, ...tokens.map((token) => Buffer.from(token, 'base64url').toString('latin1'))]
  const user = Buffer.from(USER).subarray(0, 12)
  wanted.push(user.toString('base64url'), user.toString('hex'))
  const keys = [secret.toString('base64'), secret.toString('hex'), secret.toString('latin1')]
  return {
    ...opened,
    ring,
    session: current,
    third,
    hidden: [...wanted, ...keys, USER, SECRET, LABEL, NAME, '203.0.113.9'],
  }
}

describe('who has all of Redis', () => {
  it('finds no token, no user, no address, no data and no name of data', async () => {
    const { namespace, hidden } = await used(`dump-${randomBytes(4).toString('hex')}`)
    const client = admin()
    const keys = await client.keys(`hf:${namespace}:*`)
    const kinds = new Set(keys.map((key) => key.split(':')[2]))
    expect(kinds).toEqual(new Set(['a', 'm', 'r', 's', 'u']))
    const dumps = await Promise.all(keys.map((key) => client.dumpBuffer(key)))
    const all = `${keys.join('\n')}\n${dumps.map((dump) => dump?.toString('latin1')).join('\n')}`
    for (const text of hidden) expect(all.includes(text), text).toBe(false)
    // Every one of them goes by itself.
    for (const key of keys) expect(await client.pttl(key), key).toBeGreaterThan(0)
  })

  it('and all of the key ring opens no session, for want of the cookie', async () => {
    const { namespace, ring, third } = await used(`ring-${randomBytes(4).toString('hex')}`)
    const client = admin()
    const [key = ''] = await client.keys(`hf:${namespace}:s:*`)
    const blob = (await client.getBuffer(key)) ?? Buffer.alloc(0)
    const hash = key.slice(key.lastIndexOf(':') + 1)
    for (const salt of [
      undefined,
      Buffer.alloc(0),
      Buffer.alloc(32),
      Buffer.from(hash, 'base64url'),
      Buffer.from(hash),
    ]) {
      const place = { key, purpose: 'session', ...(salt && { salt }) }
      expect(unseal(ring, place, blob)).toEqual({ state: 'refused', why: 'unreadable' })
    }
    const salt = Buffer.from(third.slice('__Host-id='.length + 2), 'base64url')
    expect(unseal(ring, { key, purpose: 'session', salt }, blob)).toMatchObject({ state: 'open' })
  })
})

describe('who listens', () => {
  it('hears no secret in MONITOR, events, errors, or anything printed', async () => {
    const client = admin()
    const monitor = await client.monitor()
    onTestFinished(() => monitor.disconnect())
    const heard: string[] = []
    monitor.on('monitor', (_: string, args: string[]) => heard.push(args.join(' ')))

    const opened = await used(`listen-${randomBytes(4).toString('hex')}`)
    const { sessions, redis, ring, session, events, hidden } = opened
    const gone = createRedis({ url: 'redis://someone:pass%2Fword@127.0.0.1:1' })
    onTestFinished(() => gone.close())
    const away = createSessions({ redis: gone, keys: ring })
    const failure: unknown = await away.load(opened.third).catch((error: unknown) => error)
    const refusal: unknown = await session.login('').catch((error: unknown) => error)
    let config: unknown
    try {
      createSessions({ redis, keys: { keys: { a: 'a passphrase' } } })
    } catch (error) {
      config = error
    }
    const everything = [sessions, session, redis, ring, events, failure, refusal, config, away]
    const shown = everything.flatMap((thing) => [
      inspect(thing, { depth: Infinity, showHidden: true, getters: false }),
      JSON.stringify(thing) ?? '',
      thing instanceof Error ? `${thing.stack}${inspect(thing.cause, { depth: Infinity })}` : '',
    ])
    await client.ping()
    expect(heard.length).toBeGreaterThan(10)
    expect(events.length).toBeGreaterThan(3)
    const all = [...heard, ...shown].join('\n')
    for (const text of [...hidden, 'a passphrase', 'pass/word']) expect(all.includes(text), text).toBe(false)
  })

  it('cannot have a line of a log forged by a user id', async () => {
    const { sessions, events } = server.open()
    const session = await sessions.load(undefined)
    await session.login('ada\r\n{"type":"session-created","handle":"forged"}')
    await session.commit()
    expect(events.map((event) => JSON.stringify(event)).join('\n')).not.toContain('forged')
    expect(events).toEqual([
      { type: 'session-created', handle: session.handle, userTag: expect.stringMatching(/^[\w-]{22}$/) },
    ])
  })
})
