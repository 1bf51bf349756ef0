import { randomBytes } from 'node:crypto'

import fastify from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'

import { fastifySessions } from '../../../src/adapter/fastify.ts'
import { createRedis, createSessions } from '../../../src/index.ts'
import { freePort } from '../../../src/testing/free-port.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { eventually } from '../../support/eventually.ts'
import { asCacheUser, deniedBy, replicaRights, sessionUserArgs } from '../../support/redis-acl.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { logIn, openSessions } from '../../support/session-server.ts'

/** A Redis to be harmed, where sessions are a user that may do nothing more than they must; at the end, none was missed. */
async function ownServer(...args: readonly string[]) {
  const server = await privateRedis({ args: [...args, ...sessionUserArgs(replicaRights)] })
  onTestFinished(async () => {
    const admin = redisAdmin(server.port)
    const denied = await deniedBy(admin)
    admin.close()
    await server.stop()
    expect(denied).toEqual([])
  })
  return { server, url: asCacheUser(server.url) }
}

const unavailable = { code: 'ERR_HOLDFAST_SESSION_UNAVAILABLE', statusCode: 503 }

describe('without Redis', () => {
  it('nobody is logged in or out, and no cookie is touched; the same cookie works when Redis is back', async () => {
    const { server, url } = await ownServer('--appendonly', 'yes', '--appendfsync', 'always')
    const opened = openSessions({ url, breaker: { openFor: '100ms' } })
    const { sessions, redis, ring, namespace, events } = opened
    const lenient = createSessions({ redis, keys: ring, namespace, onUnavailable: 'anonymous' })
    const cookie = await logIn(sessions, 'ada')
    const underWay = await sessions.load(cookie)
    server.signal('SIGKILL')
    await server.exited

    await expect(sessions.load(cookie)).rejects.toMatchObject(unavailable)
    underWay.set('draft', 1)
    await expect(underWay.commit()).rejects.toMatchObject(unavailable)
    await expect(underWay.logout()).rejects.toMatchObject(unavailable)
    await expect(sessions.revokeUser('ada')).rejects.toMatchObject(unavailable)
    await expect(sessions.attempts.attempt({ address: '::1', user: 'ada' })).rejects.toMatchObject(unavailable)

    const nobody = await lenient.load(cookie)
    expect([nobody.available, nobody.user, nobody.handle, nobody.get('a')]).toEqual([
      false,
      undefined,
      undefined,
      undefined,
    ])
    expect(await nobody.commit()).toEqual({ headers: {} })
    expect(() => nobody.set('a', 1)).toThrow(expect.objectContaining(unavailable))
    await expect(nobody.login('ada')).rejects.toMatchObject(unavailable)
    nobody.data['a'] = 1
    await expect(nobody.commit()).rejects.toMatchObject(unavailable)
    expect(events.filter(({ type }) => type === 'sessions-unavailable').length).toBeGreaterThan(3)

    await server.restart()
    let user: string | undefined
    while (user === undefined) {
      ;({ user } = await lenient.load(cookie))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(user).toBe('ada')
    // What could not be written is still there to be written.
    expect(await underWay.commit()).toEqual({ headers: {} })
    expect((await sessions.load(cookie)).get('draft')).toBe(1)
  })

  it('that is frozen, requests are answered within the deadline, and the cookie works when it thaws', async () => {
    const { server, url } = await ownServer()
    const { sessions, redis, ring, namespace } = openSessions({
      url,
      readTimeout: '200ms',
      breaker: { openFor: '100ms' },
    })
    const lenient = createSessions({ redis, keys: ring, namespace, onUnavailable: 'anonymous' })
    const cookie = await logIn(sessions, 'ada')
    const app = fastify()
    await app.register(fastifySessions, { sessions })
    app.get('/me', (request) => ({ user: request.session.user }))
    onTestFinished(() => app.close())

    server.signal('SIGSTOP')
    onTestFinished(() => server.signal('SIGCONT'))
    // It never answers while it is frozen: that these end at all is the deadline.
    const answer = await app.inject({ url: '/me', headers: { cookie } })
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([503, undefined])
    const nobody = await lenient.load(cookie)
    expect([nobody.available, nobody.user]).toEqual([false, undefined])
    expect(await nobody.commit()).toEqual({ headers: {} })

    server.signal('SIGCONT')
    await eventually(async () => (await lenient.load(cookie)).user, { what: 'the session of the same cookie' })
    const again = await app.inject({ url: '/me', headers: { cookie } })
    expect([again.statusCode, again.json()]).toEqual([200, { user: 'ada' }])
  })

  it('a visitor without a cookie notices nothing', async () => {
    const redis = createRedis({ url: `redis://127.0.0.1:${await freePort()}` })
    onTestFinished(() => redis.close())
    const sessions = createSessions({ redis, keys: { keys: { a: randomBytes(32) } } })
    const session = await sessions.load(undefined)
    expect(await session.commit()).toEqual({ headers: {} })
    expect(sessions.diagnose().warnings).toContain('Redis has not been checked yet')
  })

  it('a logout that too few replicas have is reported as failed each time, and holds where it arrived', async () => {
    const { url } = await ownServer()
    const { sessions } = openSessions({ url, readTimeout: '1s' }, { replicas: 1 })
    const cookie = await logIn(sessions, 'ada')
    const session = await sessions.load(cookie)
    const tooFew = { ...unavailable, cause: { failure: 'replicas' } }
    const id = randomBytes(32).toString('base64url')
    await sessions.records.create(id, Object.create(null) as Record<string, unknown>)
    await expect(session.logout()).rejects.toMatchObject(tooFew)
    await expect(sessions.records.end(id)).rejects.toMatchObject(tooFew)
    const again = await sessions.load(cookie)
    expect([again.user, await sessions.records.read(id)]).toEqual([undefined, undefined])
    // Each finds nothing to end, and must not say on that account that replicas have it.
    await expect(again.logout()).rejects.toMatchObject(tooFew)
    await expect(sessions.records.end(id)).rejects.toMatchObject(tooFew)
    expect(await (await sessions.load(undefined)).logout()).toBeUndefined()
  })
})
