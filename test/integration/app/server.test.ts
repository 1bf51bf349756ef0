import { createHash } from 'node:crypto'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { ADMIN, ask, featureBody, requirementsBody, startBackend, type Backend, type Instance } from './service.ts'

let backend: Backend
let instance: Instance

beforeAll(async () => {
  backend = await startBackend()
  instance = await backend.startInstance()
})

afterAll(async () => {
  await instance[Symbol.asyncDispose]()
  await backend[Symbol.asyncDispose]()
})

describe('every answer', () => {
  it.each(['/livez', '/api/requirements/versions', '/api/requirements/latest', '/', '/nowhere'])(
    'of %s may not be stored or guessed at',
    async (path) => {
      const { headers } = await instance.get(path)
      expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff'])
    },
  )

  it('says nothing of the cache when the cache was not read', async () => {
    for (const path of ['/livez', '/readyz', '/nowhere', '/api/features/nonsense']) {
      const { xCache, headers } = await instance.get(path)
      expect([xCache, headers.get('server-timing')]).toEqual([null, null])
    }
    expect((await instance.post('/api/features/submit', featureBody('No read'))).xCache).toBeNull()
  })

  it('is JSON with a detail when there is nothing here', async () => {
    expect(await instance.get('/nowhere')).toMatchObject({ status: 404, body: { detail: 'Not found' } })
    expect(await ask(`${instance.origin}/api/features`, { method: 'DELETE' })).toMatchObject({ status: 404 })
  })
})

describe('the page', () => {
  it('shows what is here, with every text escaped', async () => {
    const title = `<img src=x onerror="alert('1')">`
    await instance.post('/api/requirements/submit', requirementsBody(title), ADMIN)
    const { status, headers, body } = await instance.get('/')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(body).not.toContain(title)
    expect(body).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;')
    expect(body).toContain(`curl -si ${instance.origin}/api/features`)
  })

  it('asks nothing of any host, and may not', async () => {
    const { headers, body } = await instance.get('/')
    const style = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(body).not.toMatch(/<script|<link(?! rel="icon" href="data:,")|<[^>]* src=|@import|url\(/)
  })

  it('comes from the cache the second time', async () => {
    await instance.get('/')
    expect((await instance.get('/')).xCache).toBe('hit')
  })
})
