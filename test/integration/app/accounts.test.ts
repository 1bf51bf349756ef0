import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { accountId } from '../../../app/src/accounts/repository.ts'
import { ask, eventually, requirementsBody, startBackend, type Answer, type Backend, type Instance } from './service.ts'

const PASSWORD = 'Correct-Horse-7'
let backend: Backend
let instance: Instance
let other: Instance

beforeAll(async () => {
  backend = await startBackend()
  instance = await backend.startInstance()
  other = await backend.startInstance()
  await instance.accounts.register('Ada', PASSWORD, 'admin')
})

afterAll(async () => {
  await other[Symbol.asyncDispose]()
  await instance[Symbol.asyncDispose]()
  await backend[Symbol.asyncDispose]()
})

const cookieOf = ({ headers }: Answer): string => headers.getSetCookie()[0]?.split(';')[0] ?? ''

/** A browser: it keeps its cookie, and says where its requests come from. */
function browser(cookie = '') {
  const call =
    (at: Instance) =>
    async (method: string, path: string, body?: unknown): Promise<Answer> => {
      const answer = await at.send(method, path, body, { ...(cookie && { cookie }), 'sec-fetch-site': 'same-origin' })
      const [set] = answer.headers.getSetCookie()
      if (set !== undefined) cookie = /Max-Age=0/.test(set) ? '' : (set.split(';')[0] ?? '')
      return answer
    }
  return { here: call(instance), there: call(other), cookie: () => cookie }
}

const register = async (username: string): Promise<void> => {
  expect(await instance.post('/auth/register', { username, password: PASSWORD })).toMatchObject({ status: 200 })
}

async function loggedIn(username: string): Promise<ReturnType<typeof browser>> {
  const page = browser()
  expect(await page.here('POST', '/auth/login', { username, password: PASSWORD })).toMatchObject({ status: 200 })
  return page
}

describe('a login', () => {
  it('opens a session that every instance knows, in a cookie that scripts cannot read', async () => {
    await register('uma')
    const answer = await instance.post('/auth/login', { username: 'UMA', password: PASSWORD })
    expect(answer).toMatchObject({ status: 200, body: { username: 'uma', role: 'user', expires_in: 1800 } })
    expect(answer.headers.getSetCookie()[0]).toMatch(/; HttpOnly; SameSite=Lax/)
    const page = browser(cookieOf(answer))
    for (const status of [await page.here('GET', '/auth/status'), await page.there('GET', '/auth/status')])
      expect(status.body).toEqual({
        authenticated: true,
        user: { user_id: accountId('uma'), username: 'uma', role: 'user' },
      })
  })

  it('says the same of a wrong password and of a name that nobody has', async () => {
    await register('kay')
    const answers = [
      await instance.post('/auth/login', { username: 'kay', password: 'Wrong-Horse-7' }),
      await instance.post('/auth/login', { username: 'nobody', password: PASSWORD }),
    ]
    expect(answers.map(({ status, body, headers }) => [status, body.detail, headers.getSetCookie()])).toEqual([
      [401, 'The name or the password is wrong', []],
      [401, 'The name or the password is wrong', []],
    ])
  })

  it('may be tried five times for a name from one place, in both instances together', async () => {
    await register('lou')
    const statuses: number[] = []
    for (let time = 0; time < 7; time += 1) {
      const at = time % 2 === 0 ? instance : other
      statuses.push((await at.post('/auth/login', { username: 'lou', password: 'Wrong-Horse-7' })).status)
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
    const right = await instance.post('/auth/login', { username: 'lou', password: PASSWORD })
    expect([right.status, Number(right.headers.get('retry-after')) > 0]).toEqual([429, true])
  })

  it('gives the role that the account has, and no more', async () => {
    const submit = (page: ReturnType<typeof browser>) =>
      page.here('POST', '/api/requirements/submit', requirementsBody('By a session'))
    await register('max')
    expect(await submit(await loggedIn('max'))).toMatchObject({ status: 403 })
    const { body } = await submit(await loggedIn('ada'))
    expect((await instance.get(`/api/requirements/${body.version_id}`)).body.metadata.author).toBe('Ada')
  })
})

describe('a session', () => {
  it('ends everywhere at once with a logout', async () => {
    await register('ned')
    const page = await loggedIn('ned')
    const stolen = browser(page.cookie())
    expect(await page.here('POST', '/auth/logout')).toMatchObject({ status: 200 })
    expect(await stolen.there('GET', '/auth/devices')).toMatchObject({ status: 401 })
    expect(await page.here('POST', '/auth/logout')).toMatchObject({ status: 200 })
  })

  it('is one of several that the account lists and ends one by one, or all at once', async () => {
    await register('ora')
    const [phone, laptop] = [await loggedIn('ora'), await loggedIn('ora')]
    const { body } = await laptop.there('GET', '/auth/devices')
    expect(body.total).toBe(2)
    const own = body.devices.filter(({ current }: { current: boolean }) => current)
    const elsewhere = body.devices.find(({ current }: { current: boolean }) => !current)
    expect(own).toHaveLength(1)
    expect(await laptop.there('DELETE', `/auth/devices/${elsewhere.handle}`)).toMatchObject({ status: 200 })
    expect(await phone.here('GET', '/auth/devices')).toMatchObject({ status: 401 })
    for (const handle of ['*', 'unknown', elsewhere.handle])
      expect(await laptop.here('DELETE', `/auth/devices/${handle}`)).toMatchObject({ status: 404 })

    const again = await loggedIn('ora')
    expect(await laptop.here('POST', '/auth/logout-everywhere')).toMatchObject({ status: 200 })
    expect(await again.there('GET', '/auth/devices')).toMatchObject({ status: 401 })
  })

  it('of another device does not outlive a change of the password, and the own one goes on', async () => {
    await register('pat')
    const [phone, laptop] = [await loggedIn('pat'), await loggedIn('pat')]
    const change = { current_password: PASSWORD, new_password: 'Another-Horse-8' }
    expect(await laptop.here('POST', '/auth/change-password', change)).toMatchObject({ status: 200 })
    expect(await laptop.here('GET', '/auth/devices')).toMatchObject({ status: 200, body: { total: 1 } })
    expect(await phone.there('GET', '/auth/devices')).toMatchObject({ status: 401 })
    expect(await instance.post('/auth/login', { username: 'pat', password: PASSWORD })).toMatchObject({ status: 401 })
  })

  it('ends when the role of its account changes, so that the new one holds at once', async () => {
    await register('rio')
    const [admin, page] = [await loggedIn('ada'), await loggedIn('rio')]
    const path = `/auth/admin/users/${accountId('rio')}/role`
    expect(await admin.here('PUT', path, { role: 'guest' })).toMatchObject({ status: 200, body: { sessions_ended: 1 } })
    expect(await page.there('GET', '/auth/devices')).toMatchObject({ status: 401 })
    const again = await loggedIn('rio')
    expect(await again.here('PUT', '/api/user/me/preferences', { theme: 'lcars' })).toMatchObject({ status: 403 })
    expect(await admin.here('PUT', '/auth/admin/users/u-nobody/role', { role: 'user' })).toMatchObject({ status: 404 })
  })

  it('cannot be used by a page of another site', async () => {
    const cookie = (await loggedIn('ada')).cookie()
    const forgeries: readonly Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      {},
    ]
    for (const headers of forgeries) {
      const answer = await instance.send('POST', '/api/requirements/submit', requirementsBody('Forged'), {
        cookie,
        ...headers,
      })
      expect(answer).toMatchObject({ status: 403 })
    }
    const { body } = await instance.get('/api/requirements/versions')
    expect(JSON.stringify(body)).not.toContain('Forged')
  })

  it('is what roles are given with: a token will not do', async () => {
    const answer = await ask(`${instance.origin}/auth/admin/users/${accountId('uma')}/role`, {
      method: 'PUT',
      headers: { authorization: 'Bearer the-admin-token', 'content-type': 'application/json' },
      body: '{"role":"admin"}',
    })
    expect(answer).toMatchObject({ status: 401, body: { detail: 'This needs a login, not a token' } })
  })
})

describe('an account', () => {
  it('has a name of its own, in any spelling, and a password that is worth the name', async () => {
    const of = (username: string, password: string) => instance.post('/auth/register', { username, password })
    await register('sam')
    expect(await of('SAM', PASSWORD)).toMatchObject({ status: 409 })
    const weak = await of('tim', 'password1')
    expect(weak).toMatchObject({ status: 422, body: { errors: [{ loc: ['body', 'password'], input: null }] } })
    expect(weak.body.detail).toBe('The password needs an upper-case letter, a special character')
    expect(await of('ti', PASSWORD)).toMatchObject({ status: 400 })
    expect(JSON.stringify(weak.body)).not.toContain('password1')
  })

  it('never shows its password, not even hashed', async () => {
    const admin = await loggedIn('ada')
    const { body } = await admin.here('GET', '/auth/admin/users')
    expect(body.users.map(({ username }: { username: string }) => username)).toContain('sam')
    expect(JSON.stringify(body)).not.toMatch(/argon|scrypt|password/)
  })
})

describe('preferences', () => {
  const PATH = '/api/user/me/preferences'

  it('are one’s own, kept, and seen in each instance after a change', async () => {
    await register('una')
    const page = await loggedIn('una')
    expect(await page.here('GET', PATH)).toMatchObject({ body: { theme: 'classic', updated_at: null } })
    expect(await page.here('GET', PATH)).toMatchObject({ xCache: 'hit' })
    await page.there('GET', PATH)
    const { body } = await page.here('PUT', PATH, { theme: 'lcars', preferred_sources: ['Spells.json'] })
    expect(body).toMatchObject({ user_id: accountId('una'), theme: 'lcars', tone: 'neutral' })
    const seen = await eventually(
      () => page.there('GET', PATH),
      (answer) => answer.body.theme === 'lcars',
    )
    expect(seen.body).toEqual(body)
    expect((await page.here('PUT', PATH, { tone: 'formal' })).body).toMatchObject({ theme: 'lcars', tone: 'formal' })
  })

  it('of others are for admins only', async () => {
    await register('vic')
    const [vic, admin] = [await loggedIn('vic'), await loggedIn('ada')]
    const path = `/api/user/${accountId('una')}/preferences`
    expect(await vic.here('GET', path)).toMatchObject({ status: 403 })
    expect(await vic.here('PUT', path, { theme: 'terminal' })).toMatchObject({ status: 403 })
    expect(await admin.here('GET', path)).toMatchObject({ status: 200, body: { theme: 'lcars' } })
    expect(await instance.get(path)).toMatchObject({ status: 401 })
  })

  it('hold nothing but what there is to choose', async () => {
    const page = await loggedIn('una')
    for (const change of [{ role: 'admin' }, { user_id: 'u-x' }, { theme: 'neon' }, {}, { __proto__: null, a: 1 }])
      expect(await page.here('PUT', PATH, change)).toMatchObject({ status: 400 })
    expect(Object.keys((await page.here('GET', PATH)).body).toSorted()).toEqual([
      'created_at',
      'memory_enabled',
      'preferred_sources',
      'theme',
      'tone',
      'updated_at',
      'user_id',
    ])
  })

  it('name nobody in the keys and tags of the cache, and are known there by their id', async () => {
    const page = await loggedIn('una')
    await page.here('GET', PATH)
    expect(await page.here('GET', PATH)).toMatchObject({ xCache: 'hit' })
    await instance.cache.invalidate({ tags: [`ttrpg/default_keyspace.preferences:${accountId('una')}`] })
    expect(await page.here('GET', PATH)).toMatchObject({ xCache: 'miss' })
    expect(accountId('una')).not.toContain('una')
  })
})
