import { describe, expect, it } from 'vitest'

import type { WarmStatus } from '../../../src/admin/index.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { at, openAdmin } from '../../support/admin.ts'
import { testRedis } from '../../support/redis.ts'
import { logIn } from '../../support/session-server.ts'

const server = testRedis()
const note = { reason: 'a test' }

describe('what an operator turns', () => {
  it('switches caching off and on in the whole fleet', async () => {
    const one = openAdmin({ redis: { url: server.url } })
    const other = openAdmin({ redis: { url: server.url }, cache: { namespace: one.namespace } })
    await other.cache.set('a', 1)
    const off = await one.ask('api/switch', { body: { enabled: false, ...note } })
    expect(off.body).toEqual({ enabled: false, by: 'ada', reason: 'a test', acknowledged: true })
    await expect.poll(() => other.cache.enabled()).toBe(false)
    expect((await other.ask('api/switch')).body).toMatchObject({ enabled: false, by: 'ada', reason: 'a test' })
    const overview = await other.ask('api/overview')
    expect([at(overview, 'cache', 'state'), at(overview, 'problems')]).toEqual([
      'disabled',
      ['Caching is switched off by ada: a test'],
    ])
    await one.ask('api/switch', { body: { enabled: true, ...note } })
    await expect.poll(() => other.cache.enabled()).toBe(true)
  })

  it('lays a TTL over a family in the whole fleet, and takes it back', async () => {
    const one = openAdmin({ redis: { url: server.url } })
    one.cache.family('features', { load: () => 1 })
    const set = (ttlMs: number | null) => one.ask('api/ttls/features', { method: 'PUT', body: { ttlMs, ...note } })
    const rowOf = (answered: Awaited<ReturnType<typeof set>>) =>
      (at(answered, 'ttls') as { name: string }[]).find(({ name }) => name === 'features')
    expect(rowOf(await set(5000))).toEqual({ name: 'features', ttlMs: 5000, source: 'runtime' })
    expect(at(await one.ask('api/ttls'), 'updatedBy')).toBe('ada')
    // A process that starts later has it too.
    const later = openAdmin({ redis: { url: server.url }, cache: { namespace: one.namespace } })
    await expect.poll(async () => rowOf(await later.ask('api/ttls'))).toMatchObject({ ttlMs: 5000, source: 'runtime' })
    expect(rowOf(await set(null))).toMatchObject({ ttlMs: 900_000, source: 'default' })
    expect((await one.ask('api/ttls/bad%20name', { method: 'PUT', body: { ttlMs: 5000, ...note } })).status).toBe(400)
    expect((await set(10)).status).toBe(400)
  })

  it('warms what it is told to, one warm-up at a time, and says how it goes', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const { ask, cache } = openAdmin({
      redis: { url: server.url },
      admin: {
        warmPlan: () => [
          { name: 'slow', entries: [{ key: 'slow:1', load: () => gate.then(() => 1) }] },
          {
            name: 'broken',
            entries: [
              {
                key: 'broken:1',
                load: () => {
                  throw new Error('no source')
                },
              },
            ],
          },
        ],
      },
    })
    expect(at(await ask('api/warm'), 'steps')).toEqual(['slow', 'broken'])
    expect((await ask('api/warm', { body: { steps: ['nothing'] } })).status).toBe(404)
    const begun = await ask('api/warm', { body: {} })
    expect([begun.status, at(begun, 'state'), at(begun, 'by')]).toEqual([202, 'running', 'ada'])
    expect((await ask('api/warm', { body: {} })).status).toBe(400)
    open()
    await expect.poll(async () => at(await ask('api/warm'), 'state')).toBe('done')
    expect((await ask('api/warm')).body as WarmStatus).toMatchObject({
      done: 2,
      failed: 1,
      failures: [{ step: 'broken', key: 'broken:1', message: 'no source' }],
    })
    expect(await cache.get('slow:1')).toBe(1)
  })

  it('ends one session of a user, or all of them', async () => {
    const { sessions, ask, rows } = openAdmin({ redis: { url: server.url } })
    const [first, second] = [await logIn(sessions, 'ada'), await logIn(sessions, 'ada')]
    const users = async (): Promise<unknown[]> =>
      Promise.all([first, second].map(async (cookie) => (await sessions.load(cookie)).user))
    const handle = at(await ask('api/sessions/users/ada'), 'sessions', 0, 'handle')
    const revoke = () => ask('api/sessions/revoke', { body: { user: 'ada', handle, ...note } })
    expect([at(await revoke(), 'revoked'), (await revoke()).status]).toEqual([1, 404])
    expect((await users()).filter(Boolean)).toEqual(['ada'])
    expect(at(await ask('api/sessions/revoke-user', { body: { user: 'ada', ...note } }), 'revoked')).toBe(1)
    expect(await users()).toEqual([undefined, undefined])
    expect(rows.map(({ action, targets, count }) => [action, targets[0], count])).toEqual([
      ['revoke-session', 'user ada', 1],
      ['revoke-session', 'user ada', null],
      ['revoke-user', 'user ada', 1],
    ])
  })

  it('shows what this process knows while Redis is away, and says that it is', async () => {
    const own = await privateRedis()
    const { ask, redis, cache } = openAdmin({
      redis: { url: own.url, healthInterval: '50ms', connectTimeout: '1s', readTimeout: '250ms' },
    })
    await cache.set('a:1', 1)
    await own.stop()
    await expect.poll(() => redis.health().state).toBe('down')
    const overview = await ask('api/overview')
    expect([overview.status, at(overview, 'redis', 'state'), at(overview, 'memory', 'entries')]).toEqual([
      200,
      'down',
      1,
    ])
    expect(at(overview, 'problems', 0)).toBe('Redis is down: reads go to the source, and sessions fail')
    const statuses = async (...paths: readonly string[]) =>
      Promise.all(paths.map(async (path) => [path, (await ask(path)).status]))
    expect(
      await statuses(
        'api/families',
        'api/connections',
        'api/doctor',
        'api/audit',
        'api/ttls',
        'api/keys/a:1',
        'api/export',
      ),
    ).toEqual(
      ['api/families', 'api/connections', 'api/doctor', 'api/audit', 'api/ttls', 'api/keys/a:1', 'api/export'].map(
        (path) => [path, 200],
      ),
    )
    const keys = await ask('api/keys')
    expect([keys.status, at(keys, 'code')]).toEqual([503, 'redis-unavailable'])
    expect(at(await ask('api/doctor'), 'findings', 0)).toMatchObject({ severity: 'critical' })
  })
})
