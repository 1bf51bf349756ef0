/** What a request costs: commands that Redis was sent, by MONITOR. */
import { randomBytes } from 'node:crypto'

import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createKeyRing } from '../../../src/index.ts'
import { commitOf, logIn, sessionServer } from '../../support/session-server.ts'

const server = sessionServer()

/** The names of the commands that `work` sends for a namespace; those inside of scripts do not travel. */
async function sent(namespace: string, work: () => Promise<unknown>): Promise<readonly string[]> {
  const client = new Client(server.acl.server.port, '127.0.0.1', { password: 'admin-secret' })
  const monitor = await client.monitor()
  onTestFinished(() => {
    monitor.disconnect()
    client.disconnect()
  })
  const names: string[] = []
  let isOver: (() => void) | undefined
  const over = new Promise<void>((resolve) => {
    isOver = resolve
  })
  monitor.on('monitor', (_: string, args: string[], source: string) => {
    if (args.includes('over')) isOver?.()
    else if (source !== 'lua' && args.some((argument) => argument.includes(namespace)))
      names.push(String(args[0]).toLowerCase())
  })
  await work()
  await client.call('ECHO', 'over')
  await over
  return names
}

describe('a request', () => {
  it('that reads costs one command, and one that writes two', async () => {
    const { sessions, namespace } = server.open()
    const cookie = await logIn(sessions, 'ada')
    const read = async (): Promise<void> => {
      const session = await sessions.load(cookie)
      expect(session.user).toBe('ada')
      await session.commit()
    }
    expect(await sent(namespace, read)).toEqual(['getex'])
    expect(await sent(namespace, read)).toEqual(['mget'])
    const write = async (): Promise<void> => {
      const session = await sessions.load(cookie)
      session.set('a', 1)
      session.incr('b')
      session.data['c'] = { d: 1 }
      await session.commit()
      await session.commit()
    }
    // A server that does not know the script is told it once.
    await write()
    expect(await sent(namespace, write)).toEqual(['mget', 'evalsha'])
  })

  it('without a session costs none', async () => {
    const { sessions, namespace } = server.open()
    expect(await sent(namespace, () => sessions.load('a=b; c=d'))).toEqual([])
  })

  it('that changes nothing in what it looked at costs one', async () => {
    const { sessions, namespace } = server.open()
    const session = await sessions.load(undefined)
    session.set('cart', { items: [1, 2] })
    const cookie = await commitOf(session)
    const look = async (): Promise<void> => {
      const session = await sessions.load(cookie)
      expect(session.data['cart']).toEqual({ items: [1, 2] })
      session.data['cart'] = { items: [1, 2] }
      expect(await session.commit()).toEqual({ headers: {} })
    }
    await look()
    expect(await sent(namespace, look)).toEqual(['mget'])
  })

  it('that logs in costs one script, and one more to end the session before; logging out one', async () => {
    const { sessions, namespace } = server.open()
    const logInAgain = async (cookie: string): Promise<string> => {
      const session = await sessions.load(cookie)
      await session.login('ada')
      return commitOf(session)
    }
    let cookie = await logInAgain(await logIn(sessions, 'ada'))
    expect(await sent(namespace, async () => void (cookie = await logIn(sessions, 'ada')))).toEqual(['evalsha'])
    expect(await sent(namespace, async () => void (cookie = await logInAgain(cookie)))).toEqual([
      'getex',
      'evalsha',
      'evalsha',
    ])
    const out = async (): Promise<void> => {
      const session = await sessions.load(cookie)
      await session.logout()
      await session.commit()
    }
    expect(await sent(namespace, out)).toEqual(['getex', 'evalsha'])
  })
})

describe('keys that are rotated while sessions are in use', () => {
  it('log nobody out, and seal what is written from then on', async () => {
    const keys = { a: randomBytes(32), b: randomBytes(32) }
    const ring = createKeyRing({ keys, current: 'a' })
    const { sessions } = server.open({ keys: ring, maxPerUser: 3 })
    const cookies = [await logIn(sessions, 'ada', 'one'), await logIn(sessions, 'ada', 'two')]
    let rounds = 0
    const inUse = (async () => {
      while (rounds < 40) {
        for (const cookie of cookies) {
          const session = await sessions.load(cookie)
          expect(session.user).toBe('ada')
          session.incr('visits')
          await session.commit()
        }
        rounds += 1
      }
    })()
    while (rounds < 10) await new Promise(setImmediate)
    ring.replace({ keys, current: 'b' })
    await inUse
    const [first = '', second = ''] = cookies
    expect((await sessions.load(first)).get('visits')).toBe(40)

    // Under the new key the user has other names, and is still one user.
    const third = await logIn(sessions, 'ada', 'three')
    expect((await sessions.list('ada')).map(({ label }) => label).sort()).toEqual(['one', 'three', 'two'])
    const fourth = await logIn(sessions, 'ada', 'four')
    expect((await sessions.list('ada')).map(({ label }) => label).sort()).toEqual(['four', 'three', 'two'])
    expect((await sessions.load(first)).user).toBeUndefined()

    // A key that is taken away takes with it the sessions that began under it, also those sealed anew since.
    ring.replace({ keys: { b: keys.b } })
    expect((await sessions.load(second)).user).toBeUndefined()
    expect((await sessions.load(third)).user).toBe('ada')
    ring.replace({ keys, current: 'b' })
    expect(await sessions.revokeUser('ada')).toBe(3)
    for (const cookie of [second, third, fourth]) expect((await sessions.load(cookie)).user).toBeUndefined()
  })
})
