import { it } from 'vitest'
import { createCache, createRedis } from '../../src/index.ts'
import { createAdmin } from '../../src/admin/index.ts'
import { testRedis } from '../support/redis.ts'
const server = testRedis()
it('x', async () => {
  const redis = createRedis({ url: server.url })
  const cache = createCache({ redis, namespace: 'zz' })
  const admin = createAdmin({
    cache,
    redis,
    authorize: 'loopback',
    environment: { label: 'dev', color: '#00aa00' },
    onError: (e) => console.log('ERR', e),
  })
  const f = cache.family('requirements', { load: (id: number) => ({ id, t: 'x'.repeat(100) }), tags: () => ['t1'] })
  for (let i = 0; i < 30; i++) await f.get(i)
  const ctx = { remoteAddress: '127.0.0.1' }
  const get = async (p: string) => {
    const r = await admin.fetch(new Request('http://localhost/' + p), ctx)
    console.log(p, r.status, (await r.text()).slice(0, 900))
  }
  const post = async (p: string, b: unknown) => {
    const r = await admin.fetch(
      new Request('http://localhost/' + p, {
        method: 'POST',
        body: JSON.stringify(b),
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      }),
      ctx,
    )
    const t = (await r.json()) as any
    console.log(p, r.status, JSON.stringify(t).slice(0, 500))
    return t
  }
  for (const p of [
    'api/me',
    'api/overview',
    'api/families',
    'api/families/requirements',
    'api/keys?limit=3',
    'api/keys/requirements:1',
    'api/connections',
    'api/redis',
    'api/doctor',
    'api/ttls',
    'api/switch',
    'api/audit',
    'api/config',
    'api/export',
    'api/activity',
    'api/history',
    'api/alerts',
    'api/sessions',
    'api/nix',
    'metrics',
    '',
    'x/api/me',
  ])
    await get(p)
  const t = await post('api/invalidate', { family: 'requirements', dryRun: true })
  await post('api/invalidate', { family: 'requirements', dryRun: false, reason: 'x', confirmToken: t.confirmToken })
  await post('api/invalidate', { family: 'requirements', dryRun: false, reason: 'x', confirmToken: t.confirmToken })
  await post('api/switch', { enabled: false, reason: 'x' })
  await get('api/audit')
  await admin.close()
  await cache.close()
  await redis.close()
})
