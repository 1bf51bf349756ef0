/** How much of a stranger's request, and of what an application stores, is taken at most. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { describe, expect, it } from 'vitest'

import { createSessions } from '../../../src/index.ts'
import { commitOf, sessionServer } from '../../support/session-server.ts'

const server = sessionServer()
const invalid = expect.objectContaining({ code: 'ERR_HOLDFAST_SESSION_INVALID' })

/** All commands that the server was asked, but for those that ask how many. */
async function commands(): Promise<number> {
  const stats = await server.admin.info('commandstats')
  const counts = [...stats].filter(([name]) => !/^cmdstat_(info|ping|client)/.test(name))
  return counts.reduce((sum, [, value]) => sum + Number(/^calls=(\d+)/.exec(value)?.[1]), 0)
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

describe('a flood of cookies that are not ours', () => {
  it('costs no command of Redis and no memory, and is counted', async () => {
    const { sessions, redis } = server.open()
    await redis.ready()
    const flood = async (rounds: number): Promise<void> => {
      for (let at = 0; at < rounds; at += 1) {
        const long = `${at}`.padStart(4000, '*')
        await sessions.load(`__Host-id=${long}`)
        await sessions.load(`__Host-id=${long}; __Host-id=${long}`)
        await sessions.load(`__Host-id=ff${'A'.repeat(42)}A; a=${long}${long}${long}`)
      }
    }
    await flood(100)
    const [asked, held] = [await commands(), heapBytes()]
    await flood(10_000)
    // Each of them kept would be 240 MB.
    expect(heapBytes() - held).toBeLessThan(20_000_000)
    expect(await commands()).toBe(asked)
    expect(sessions.stats()).toEqual({
      'cookie-refused:malformed': 10_100,
      'cookie-refused:duplicate': 10_100,
      'cookie-refused:oversized': 10_100,
    })
  })
})

describe('a session', () => {
  it('takes as many bytes as `maxBytes` says, sealed, and not one more', async () => {
    const { sessions, namespace } = server.open({ maxBytes: 2048 })
    const write = async (length: number) => {
      const session = await sessions.load(undefined)
      session.set('a', 'x'.repeat(length))
      return commitOf(session)
    }
    let most = 1024
    for (let step = 512; step >= 1; step /= 2) {
      const isTaken = await write(most + step).then(
        () => true,
        () => false,
      )
      if (isTaken) most += step
    }
    const cookie = await write(most)
    const session = await sessions.load(cookie)
    expect(String(session.get('a'))).toHaveLength(most)
    session.set('a', 'x'.repeat(most + 1))
    await expect(session.commit()).rejects.toThrow(invalid)
    const keys = (await server.admin.call('KEYS', `hf:${namespace}:s:*`)) as readonly string[]
    const sizes = await Promise.all(keys.map((key) => server.admin.call('STRLEN', key)))
    expect(Math.max(...sizes.map(Number))).toBe(2048)
  })

  it('that is larger in Redis is not opened', async () => {
    const { sessions, redis, ring, namespace } = server.open({ maxBytes: 4096 })
    const session = await sessions.load(undefined)
    session.set('a', 'x'.repeat(2048))
    const cookie = await commitOf(session)
    expect((await sessions.load(cookie)).get('a')).toBeDefined()
    const stricter = createSessions({ redis, keys: ring, namespace, maxBytes: 2048 })
    expect((await stricter.load(cookie)).get('a')).toBeUndefined()
    expect(stricter.stats()).toEqual({ 'cookie-refused:unreadable': 1 })
  })

  it('takes a thousand names, and not one more', async () => {
    const { sessions } = server.open()
    const session = await sessions.load(undefined)
    for (let at = 0; at < 1000; at += 1) session.data[`n${at}`] = 1
    const cookie = await commitOf(session)
    const again = await sessions.load(cookie)
    expect(Object.keys(again.data)).toHaveLength(1000)
    again.set('one more', 1)
    await expect(again.commit()).rejects.toThrow(invalid)
    expect(Object.keys((await sessions.load(cookie)).data)).toHaveLength(1000)
  })

  it('takes a name of 256 characters, and not of one more', async () => {
    const { sessions } = server.open()
    const session = await sessions.load(undefined)
    session.set('n'.repeat(256), 1)
    expect(() => session.set('n'.repeat(257), 1)).toThrow(invalid)
  })
})
