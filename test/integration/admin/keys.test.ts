import { describe, expect, it } from 'vitest'

import type { KeyDetail, KeyPageBody } from '../../../src/admin/index.ts'
import { at, openAdmin, type OpenedAdmin } from '../../support/admin.ts'
import { testRedis } from '../../support/redis.ts'
import { logIn } from '../../support/session-server.ts'

const server = testRedis()
const open = (admin: Parameters<typeof openAdmin>[0]['admin'] = {}): OpenedAdmin =>
  openAdmin({ redis: { url: server.url }, admin })

async function allPages({ ask }: OpenedAdmin, query: string): Promise<KeyPageBody[]> {
  const pages: KeyPageBody[] = []
  let cursor = ''
  do {
    const page = (await ask(`api/keys?${query}${cursor && `&cursor=${cursor}`}`)).body as KeyPageBody
    pages.push(page)
    cursor = page.cursor ?? ''
  } while (cursor !== '')
  return pages
}

describe('the key browser', () => {
  it('shows every key once, page by page, and no more on a page than was asked for', async () => {
    const opened = open()
    const keys = Array.from({ length: 700 }, (_, id) => `items:${id}`)
    for (const key of keys) await opened.cache.set(key, key)
    const pages = await allPages(opened, 'limit=33')
    expect(pages.every((page) => page.keys.length <= 33)).toBe(true)
    expect(pages.flatMap((page) => page.keys.map(({ key }) => key)).sort()).toEqual([...keys].sort())
    expect(pages.at(-1)?.ended).toBe('complete')
  })

  it('finds by pattern, family and state, and sorts a page', async () => {
    const opened = open()
    const { cache } = opened
    for (const id of [1, 22, 333]) await cache.set(`items:${id}`, 'x'.repeat(id), { ttl: id * 1000, tags: [`t${id}`] })
    await cache.set('others:1', 1)
    await cache.invalidate({ keys: ['items:22'] })
    const found = async (query: string): Promise<string[]> =>
      (await allPages(opened, query)).flatMap((page) => page.keys.map(({ key }) => key))
    expect(await found('pattern=*2*')).toEqual(['items:22'])
    expect(await found('family=items&order=desc')).toEqual(['items:333', 'items:22', 'items:1'])
    expect(await found('family=items&pattern=*3')).toEqual(['items:333'])
    expect(await found('family=items&sort=bytes')).toEqual(['items:1', 'items:22', 'items:333'])
    expect(await found('family=items&sort=expires&order=desc')).toEqual(['items:333', 'items:22', 'items:1'])
    expect(await found('state=invalidated')).toEqual(['items:22'])
    expect(await found('state=current')).toEqual(['items:1', 'items:333', 'others:1'])
  })

  it('refuses a cursor that no page gave', async () => {
    const { ask } = open()
    for (const cursor of [
      'x',
      Buffer.from('10.0.0.1:6379 KEYS~0').toString('base64url'),
      Buffer.from('1~x').toString('base64url'),
    ])
      expect([cursor, (await ask(`api/keys?cursor=${cursor}`)).status]).toEqual([cursor, 400])
  })

  it('says what is known of a key, and who invalidated it', async () => {
    const { cache, ask } = open()
    await cache.getOrSet('items:1', () => ({ secret: 'value' }), { tags: ['red'] })
    await cache.invalidate({ tags: ['red'], by: 'ada', reason: 'repainted' })
    const { body } = await ask('api/keys/items:1')
    const detail = body as KeyDetail
    expect(detail).toMatchObject({ key: 'items:1', family: 'items', redis: { state: 'held', verdict: 'invalidated' } })
    expect(detail.invalidations).toMatchObject([{ by: 'ada', reason: 'repainted', targets: ['t:red'] }])
    expect(detail.events.length).toBeGreaterThan(0)
  })

  it('shows a value only where the deployment shows values, and to admins alone', async () => {
    const shown = async (hide: readonly 'values'[], as: 'viewer' | 'operator' | 'admin') => {
      const { cache, ask } = open({ hide })
      await cache.set('items:1', { name: 'Grace', mail: 'grace@example.org' })
      const answered = await ask('api/keys/items:1', { as })
      return {
        value: at(answered, 'value'),
        hasSecret: answered.text.includes('example.org') || answered.text.includes('mail'),
      }
    }
    const redacted = {
      state: 'redacted',
      shape: expect.stringMatching(/^an object of 2 properties, \d+ bytes of JSON$/),
    }
    expect(await shown(['values'], 'admin')).toEqual({ value: redacted, hasSecret: false })
    expect(await shown([], 'operator')).toEqual({ value: redacted, hasSecret: false })
    expect(await shown([], 'viewer')).toEqual({ value: redacted, hasSecret: false })
    expect(await shown([], 'admin')).toEqual({
      value: { state: 'shown', json: '{"name":"Grace","mail":"grace@example.org"}', truncated: false },
      hasSecret: true,
    })
  })

  it('changes no figure by being looked at', async () => {
    const { cache, ask } = open({ hide: [] })
    await cache.set('items:1', 1)
    const before = cache.stats()
    for (const path of ['api/keys', 'api/keys/items:1', 'api/overview', 'api/doctor']) await ask(path)
    expect(cache.stats()).toEqual(before)
  })

  it('shows nothing of sessions but that they are there', async () => {
    const { sessions, ask } = open({ hide: [] })
    const cookie = await logIn(sessions, 'ada', 'Firefox on Linux')
    const token = cookie.split('=')[1] ?? 'none'
    const list = await ask('api/sessions/users/ada')
    expect(at(list, 'sessions', 0)).toEqual({
      handle: expect.any(String),
      label: 'Firefox on Linux',
      createdMs: expect.any(Number),
      loginAtMs: expect.any(Number),
      lastSeenMs: expect.any(Number),
      endsMs: expect.any(Number),
    })
    expect(at(await ask('api/sessions'), 'active')).toBe(1)
    for (const path of [
      'api/keys',
      'api/sessions',
      'api/sessions/users/ada',
      'api/overview',
      'api/export',
      'api/connections',
    ])
      expect((await ask(path)).text).not.toContain(token)
    expect(at(await ask('api/keys'), 'keys')).toEqual([])
  })
})
