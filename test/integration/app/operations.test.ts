import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { isLocal } from '../../../app/src/operations.ts'
import { ADMIN, eventually, startBackend, USER, type Backend, type Instance } from './service.ts'

const PASSWORD = 'Correct-Horse-7'
let backend: Backend
let instance: Instance

beforeAll(async () => {
  backend = await startBackend()
  instance = await backend.startInstance()
  await instance.accounts.register('ada', PASSWORD, 'admin')
  await instance.accounts.register('uma', PASSWORD, 'user')
})

afterAll(async () => {
  await instance[Symbol.asyncDispose]()
  await backend[Symbol.asyncDispose]()
})

const OVERVIEW = '/admin/cache/api/overview'

async function cookieOf(username: string): Promise<string> {
  const { headers } = await instance.post('/auth/login', { username, password: PASSWORD })
  return headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

describe('the admin API', () => {
  it('is for admins, by a session or a token, and for nobody else', async () => {
    const as = async (headers: Readonly<Record<string, string>>) => (await instance.get(OVERVIEW, headers)).status
    expect(await as({ cookie: await cookieOf('ada') })).toBe(200)
    expect(await as({ authorization: `Bearer ${ADMIN}` })).toBe(200)
    expect(await as({ cookie: await cookieOf('uma') })).toBe(401)
    expect(await as({ authorization: `Bearer ${USER}` })).toBe(401)
    expect(await as({})).toBe(401)
  })

  it('sends whoever opens the dashboard without being an admin to log in', async () => {
    const opened = async (cookie?: string) => {
      const headers = cookie === undefined ? {} : { cookie }
      const { status, headers: answered } = await fetch(`${instance.origin}/admin/cache/`, {
        redirect: 'manual',
        headers,
      })
      return [status, answered.get('location')]
    }
    expect(await opened()).toEqual([302, '/login'])
    expect(await opened(await cookieOf('uma'))).toEqual([302, '/login'])
    expect((await opened(await cookieOf('ada')))[1]).toBeNull()
    expect((await instance.get('/login')).headers.get('content-security-policy')).toMatch(/script-src 'sha256-/)
  })

  it('shows its own environment, and ends what the service kept', async () => {
    await instance.get('/api/sources')
    expect((await instance.get('/api/sources')).xCache).toBe('hit')
    const send = (body: object) =>
      instance.send('POST', '/admin/cache/api/invalidate', body, {
        authorization: `Bearer ${ADMIN}`,
        'sec-fetch-site': 'same-origin',
      })
    const targets = { pattern: 'sources:*', reason: 'a test' }
    const tried = await send({ ...targets, dryRun: true })
    expect(tried).toMatchObject({ status: 200, body: { state: 'dry-run' } })
    expect((await instance.get('/api/sources')).xCache).toBe('hit')
    const { confirmToken } = tried.body
    expect(await send({ ...targets, dryRun: false, confirmToken })).toMatchObject({
      status: 200,
      body: { state: 'done' },
    })
    expect((await instance.get('/api/sources')).xCache).toBe('miss')
    const { body } = await instance.get(OVERVIEW, { authorization: `Bearer ${ADMIN}` })
    expect(body.environment).toBe('test')
  })

  it('shows every alert of the service, and one that is silenced in one instance is so in the others', async () => {
    const other = await backend.startInstance()
    const headers = { authorization: `Bearer ${ADMIN}`, 'sec-fetch-site': 'same-origin' }
    const alerts = async (of: Instance) => (await of.get('/admin/cache/api/alerts', headers)).body
    try {
      const { alerts: rows, silences } = await alerts(instance)
      expect(rows.map(({ name }: { name: string }) => name)).toContain('HoldfastRedisDown')
      expect(silences).toEqual([])
      const asked = { alert: 'HoldfastRedisDown', minutes: 5, reason: 'a test' }
      expect((await instance.send('POST', '/admin/cache/api/silences', asked, headers)).status).toBe(200)
      const elsewhere = async () => (await alerts(other)).silences
      await expect
        .poll(elsewhere, { timeout: 20_000, interval: 250 })
        .toMatchObject([{ alert: 'HoldfastRedisDown', reason: 'a test' }])
      const [{ id }] = await elsewhere()
      expect((await other.send('DELETE', `/admin/cache/api/silences/${id}`, undefined, headers)).status).toBe(200)
    } finally {
      await other[Symbol.asyncDispose]()
    }
  }, 30_000)

  it('has the figures of each family of the service', async () => {
    await instance.get('/api/features')
    const { body } = await eventually(
      () => instance.get('/admin/cache/api/families', { authorization: `Bearer ${ADMIN}` }),
      (answer) => answer.body.families.some(({ name }: { name: string }) => name === 'features'),
    )
    expect(body.measured).toBe(true)
  })
})

describe('the metrics', () => {
  it('count what the service read, by family', async () => {
    await instance.get('/api/features')
    await instance.get('/api/features')
    for (const _twice of [1, 2]) await instance.get('/api/user/me/preferences', { cookie: await cookieOf('uma') })
    const { status, headers, body } = await instance.get('/metrics')
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/plain/)])
    expect(body).toMatch(/cache_gets_total\{[^}]*cache="features"[^}]*\} [1-9]/)
    expect(body, 'of a client of the database that caches by itself').toMatch(
      /cache_gets_total\{[^}]*cache="ttrpg\/\w+\.preferences"[^}]*\} [1-9]/,
    )
    expect(body).not.toContain('features:list')
  })

  it('are read from elsewhere with their token only', async () => {
    const behindProxy = { 'x-forwarded-for': '203.0.113.9' }
    expect(await instance.get('/metrics', behindProxy)).toMatchObject({ status: 401 })
    for (const token of ['the-token-for-metrics', ADMIN]) {
      const { status } = await instance.get('/metrics', { ...behindProxy, authorization: `Bearer ${token}` })
      expect(status).toBe(token === ADMIN ? 401 : 200)
    }
  })

  it.each([
    ['127.0.0.1', undefined, true],
    ['::1', undefined, true],
    ['::ffff:127.0.0.1', undefined, true],
    ['127.0.0.1', '203.0.113.9', false],
    ['203.0.113.9', undefined, false],
    ['::ffff:203.0.113.9', undefined, false],
    [undefined, undefined, false],
  ])('that %s asks for, forwarded for %s, are local: %s', (remoteAddress, forwardedFor, expected) => {
    expect(isLocal(remoteAddress, forwardedFor)).toBe(expected)
  })
})
