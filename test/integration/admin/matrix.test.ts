import { describe, expect, it } from 'vitest'

import { allows, ROLES, ROUTES, type Permission, type RouteName, type RouteShape } from '../../../src/admin/index.ts'
import { at, openAdmin, type Asked, type OpenedAdmin } from '../../support/admin.ts'
import { testRedis } from '../../support/redis.ts'

const server = testRedis()
const routes = Object.entries(ROUTES) as [RouteName, RouteShape][]
const changes = routes.filter(([, { method }]) => method !== 'GET')
const note = { reason: 'the matrix' }

/** What each route that takes a body is sent: good enough to reach its handler. */
const BODIES: Partial<Readonly<Record<RouteName, object>>> = {
  invalidate: { keys: ['a:1'], dryRun: true },
  warm: {},
  switch: { enabled: true, ...note },
  setTtl: { ttlMs: 60_000, ...note },
  revokeSession: { user: 'u', handle: 'h', ...note },
  revokeUser: { user: 'u', ...note },
  silence: { alert: 'x', minutes: 5, ...note },
}

/** Routes whose parameters are filled in. */
const pathOf = ({ path }: RouteShape): string => path.slice(1).replace(/:\w+/g, 'thing')

/** Asked for, as `asked` says otherwise. */
function asking(name: RouteName, asked: Asked): Asked {
  const body = BODIES[name]
  return { method: ROUTES[name].method, ...(body && { body }), ...asked }
}

/** What answers a request that was let in, whatever then became of it. */
const LET_IN = new Set([200, 202, 404, 501])

const isLetIn = (access: RouteShape['access'], role: (typeof ROLES)[number]): boolean =>
  ['anyone-authenticated', 'metrics', 'page'].includes(access) || allows(role, access as Permission)

describe('the admin API, route by route', () => {
  const open = (options: Parameters<typeof openAdmin>[0]['admin'] = {}): OpenedAdmin =>
    openAdmin({ redis: { url: server.url }, admin: { changesPerMinute: 10_000, ...options } })

  it('has a body to be tested with for each that takes one', () => {
    expect(Object.keys(BODIES).sort()).toEqual(routes.flatMap(([name, { body }]) => (body ? [name] : [])).sort())
    expect(routes.length).toBeGreaterThan(30)
  })

  it.each(routes)('%s answers 401 to whoever is not logged in', async (name, shape) => {
    const { ask } = open()
    const answered = await ask(pathOf(shape), asking(name, { as: null }))
    expect([answered.status, at(answered, 'code')]).toEqual([401, 'unauthenticated'])
  })

  it.each(routes.flatMap(([name, shape]) => ROLES.map((role) => [name, role, shape] as const)))(
    '%s lets in %s, or does not, as the table says',
    async (name, role, shape) => {
      const { ask } = open()
      const answered = await ask(pathOf(shape), asking(name, { as: role }))
      if (isLetIn(shape.access, role)) expect(LET_IN, `${answered.status} ${answered.text}`).toContain(answered.status)
      else expect([answered.status, at(answered, 'code')]).toEqual([403, 'forbidden'])
    },
  )

  it.each(routes)('%s answers 405 to other methods, and names those that it takes', async (name, shape) => {
    const { ask } = open()
    const taken = routes.filter(([, other]) => other.path === shape.path).map(([, { method }]) => method)
    const [other] = ['PATCH', 'DELETE'].filter((method) => !taken.includes(method as (typeof taken)[number]))
    const answered = await ask(pathOf(shape), { method: other ?? 'PATCH', as: 'admin' })
    expect([name, answered.status]).toEqual([name, 405])
    expect(answered.headers.get('allow')?.split(', ').sort()).toEqual([...new Set(taken)].sort())
    expect((await ask(pathOf(shape), { method: other ?? 'PATCH', as: null })).status).toBe(401)
  })

  it.each(changes)('%s answers 403 to a page of another site, and puts it in the audit trail', async (name, shape) => {
    const { ask, rows } = open()
    const from = async (headers: Readonly<Record<string, string>>) => {
      const answered = await ask(pathOf(shape), asking(name, { headers }))
      return at(answered, 'code')
    }
    expect(await from({ 'sec-fetch-site': 'cross-site' })).toBe('cross-site')
    expect(await from({ 'sec-fetch-site': 'same-site' })).toBe('cross-site')
    expect(await from({ 'sec-fetch-site': 'none' })).toBe('cross-site')
    expect(rows.map(({ action, result, code }) => [action, result, code])).toEqual(
      Array.from({ length: 3 }, () => [shape.audited, 'refused', 'cross-site']),
    )
  })

  it.each(changes)('%s is refused where the deployment is read-only', async (name, shape) => {
    const { ask } = open({ readOnly: true })
    expect(at(await ask(pathOf(shape), asking(name, {})), 'code')).toBe('read-only')
  })

  it.each(changes)('%s has a name in the audit trail, and is in it also when it is refused', async (name, shape) => {
    const { ask, rows } = open()
    await ask(pathOf(shape), asking(name, { as: 'viewer', user: 'eve' }))
    expect(rows.map(({ user, role, action, result, code }) => [user, role, action, result, code])).toEqual([
      ['eve', 'viewer', shape.audited, 'refused', 'forbidden'],
    ])
  })

  it.each(routes.filter(([, { hiddenBy }]) => hiddenBy))(
    '%s is refused where its matter is hidden',
    async (name, shape) => {
      const { ask } = open({ hide: shape.hiddenBy ? [shape.hiddenBy] : [] })
      expect(at(await ask(pathOf(shape), asking(name, {})), 'code')).toBe('hidden')
    },
  )

  it.each(routes.filter(([, { access }]) => access !== 'page'))(
    '%s refuses to act for another environment',
    async (name, shape) => {
      const { ask } = open()
      const answered = await ask(`${pathOf(shape)}?environment=prod`, asking(name, {}))
      expect([answered.status, at(answered, 'code')]).toEqual([409, 'other-environment'])
      expect(at(answered, 'detail')).toContain('manages test and no other')
    },
  )

  it('is told of no route that does not exist unless one is logged in', async () => {
    const { ask } = open()
    expect([(await ask('api/nothing', { as: null })).status, (await ask('api/nothing')).status]).toEqual([401, 404])
  })

  it('lets /metrics be read from this machine, and from elsewhere with the token alone', async () => {
    const { admin } = open({ metricsToken: 'a-token-of-some-length' })
    const status = async (remoteAddress: string, headers: Readonly<Record<string, string>> = {}) =>
      (await admin.fetch(new Request('http://localhost/metrics', { headers }), { remoteAddress })).status
    // 501: let in, and this deployment exposes none.
    expect(await status('127.0.0.1')).toBe(501)
    expect(await status('203.0.113.9')).toBe(401)
    expect(await status('127.0.0.1', { 'x-forwarded-for': '203.0.113.9' })).toBe(401)
    expect(await status('203.0.113.9', { authorization: 'Bearer a-token-of-some-length' })).toBe(501)
    expect(await status('203.0.113.9', { authorization: 'Bearer another-token-of-it' })).toBe(401)
  })
})
