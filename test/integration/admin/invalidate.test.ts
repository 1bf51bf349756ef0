import { describe, expect, it } from 'vitest'

import { entryKey } from '../../../src/keys/redis-key.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { at, openAdmin, type OpenedAdmin } from '../../support/admin.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { testRedis } from '../../support/redis.ts'
import { logIn } from '../../support/session-server.ts'

const server = testRedis()
const reason = 'a test'

async function filled(given: Partial<Parameters<typeof openAdmin>[0]> = {}): Promise<OpenedAdmin> {
  const opened = openAdmin({ redis: { url: server.url }, ...given })
  const { cache } = opened
  for (let id = 0; id < 12; id += 1)
    await cache.set(`requirements:${id}`, { id }, { tags: id % 3 === 0 ? ['third'] : [] })
  for (let id = 0; id < 5; id += 1) await cache.set(`features:${id}`, { id })
  await cache.set('features-old', 1)
  return opened
}

const dryRun = (opened: OpenedAdmin, targets: object, as: 'operator' | 'admin' = 'operator') =>
  opened.ask('api/invalidate', { as, body: { ...targets, dryRun: true } })

async function committed(
  opened: OpenedAdmin,
  targets: object,
  more: object = {},
  as: 'operator' | 'admin' = 'operator',
) {
  const shown = await dryRun(opened, targets, as)
  const confirmToken = at(shown, 'confirmToken')
  return opened.ask('api/invalidate', { as, body: { ...targets, dryRun: false, reason, confirmToken, ...more } })
}

describe('invalidating by the admin API', () => {
  it('counts what each kind of target reaches, and shows some of it', async () => {
    const opened = await filled()
    const count = async (targets: object) => {
      const shown = await dryRun(opened, targets, 'admin')
      return [at(shown, 'count'), at(shown, 'counted')]
    }
    expect(await count({ keys: ['requirements:1', 'requirements:1', 'nothing'] })).toEqual([1, 'exactly'])
    expect(await count({ tags: ['third'] })).toEqual([4, 'exactly'])
    expect(await count({ family: 'features' })).toEqual([5, 'exactly'])
    expect(await count({ prefix: 'features' })).toEqual([6, 'exactly'])
    expect(await count({ pattern: '*:1*' })).toEqual([4, 'exactly'])
    expect(await count({ tags: ['third'], pattern: 'requirements:3', keys: ['requirements:3'] })).toEqual([
      4,
      'exactly',
    ])
    expect(await count({ pattern: 'features:*', family: 'requirements' })).toEqual([17, 'exactly'])
    expect(await count({ all: true })).toEqual([18, 'exactly'])
    const shown = await dryRun(opened, { family: 'features' })
    expect([...(at(shown, 'sample') as string[])].sort()).toEqual([0, 1, 2, 3, 4].map((id) => `features:${id}`))
  })

  it('touches nothing in a dry run, and only what was named in the commit', async () => {
    const opened = await filled()
    await dryRun(opened, { family: 'features' })
    expect(await opened.cache.get('features:1')).toEqual({ id: 1 })
    const done = await committed(opened, { family: 'features' })
    expect([done.status, at(done, 'result'), at(done, 'count')]).toEqual([200, 'acknowledged', 5])
    expect(await opened.cache.getMany(['features:1', 'features:4'])).toEqual(new Map())
    expect(await opened.cache.getMany(['requirements:1', 'features-old'])).toEqual(
      new Map<string, unknown>([
        ['requirements:1', { id: 1 }],
        ['features-old', 1],
      ]),
    )
  })

  it('takes a literal prefix literally', async () => {
    const opened = openAdmin({ redis: { url: server.url } })
    for (const key of ['a*b:1', 'axb:1', 'a*c:1']) await opened.cache.set(key, key)
    expect(at(await committed(opened, { prefix: 'a*b' }), 'count')).toBe(1)
    expect([...(await opened.cache.getMany(['a*b:1', 'axb:1', 'a*c:1'])).keys()]).toEqual(['axb:1', 'a*c:1'])
  })

  it('commits nothing without the token of a dry run of the same targets by the same person', async () => {
    const opened = await filled()
    const confirmToken = at(await dryRun(opened, { family: 'features' }), 'confirmToken')
    const commit = async (body: object, user = 'ada') => {
      const asked = { as: 'operator', user, body: { dryRun: false, reason, ...body } } as const
      return at(await opened.ask('api/invalidate', asked), 'code') ?? 'done'
    }
    expect(await commit({ family: 'features' })).toBe('confirm-needed')
    expect(await commit({ family: 'requirements', confirmToken })).toBe('confirm-mismatch')
    // Tried for something else, a token is used up.
    expect(await commit({ family: 'features', confirmToken })).toBe('confirm-mismatch')
    const again = at(await dryRun(opened, { family: 'features' }), 'confirmToken')
    expect(await commit({ family: 'features', confirmToken: again }, 'eve')).toBe('confirm-mismatch')
    const third = at(await dryRun(opened, { family: 'features' }), 'confirmToken')
    expect(await commit({ family: 'features', confirmToken: third, reason: undefined })).toBe('bad-request')
    expect(await opened.cache.get('features:1')).toEqual({ id: 1 })
    expect(await commit({ family: 'features', confirmToken: third })).toBe('done')
    expect(await commit({ family: 'features', confirmToken: third })).toBe('confirm-mismatch')
  })

  it('honours a token at another process of the fleet', async () => {
    const one = await filled()
    const other = openAdmin({ redis: { url: server.url }, cache: { namespace: one.namespace } })
    const confirmToken = at(await dryRun(one, { family: 'features' }), 'confirmToken')
    const body = { family: 'features', dryRun: false, reason, confirmToken }
    expect((await other.ask('api/invalidate', { as: 'operator', body })).status).toBe(200)
  })

  it('invalidates everything only for an admin who types the namespace, however "everything" is written', async () => {
    const opened = await filled()
    for (const targets of [{ all: true }, { pattern: '*' }]) {
      expect(at(await dryRun(opened, targets, 'operator'), 'code')).toBe('forbidden')
      expect(at(await dryRun(opened, targets, 'admin'), 'typeToConfirm')).toBe(opened.namespace)
      expect(at(await committed(opened, targets, { typed: 'yes' }, 'admin'), 'code')).toBe('confirm-needed')
    }
    const done = await committed(opened, { all: true }, { typed: opened.namespace }, 'admin')
    expect([done.status, at(done, 'count')]).toEqual([200, 18])
    expect(await opened.cache.get('requirements:1')).toBeUndefined()
  })

  it('reaches no session, no audit row and no other namespace by any pattern', async () => {
    const opened = await filled()
    const cookie = await logIn(opened.sessions, 'ada')
    const other = openAdmin({ redis: { url: server.url } })
    await other.cache.set('theirs:1', 1)
    const patterns = [
      '*',
      'hf:*',
      '*s:{*',
      `*}*${opened.namespace}*`,
      '[a-z]*',
      `../${other.namespace}:*`,
      '*:audit',
      '}:s:{*',
    ]
    for (const pattern of patterns) {
      const shown = await dryRun(opened, { pattern }, 'admin')
      const seen = [
        at(shown, 'sample'),
        at(await opened.ask(`api/keys?pattern=${encodeURIComponent(pattern)}`), 'keys'),
      ]
      expect(JSON.stringify(seen)).not.toMatch(/theirs|audit|hf:/)
      await committed(opened, { pattern }, { typed: opened.namespace }, 'admin')
    }
    expect((await opened.sessions.load(cookie)).user).toBe('ada')
    expect(await other.cache.get('theirs:1')).toBe(1)
    expect(at(await opened.ask('api/audit?action=invalidate&limit=200'), 'rows')).toHaveLength(3 * patterns.length)
  })

  it('never sends KEYS or FLUSH, whatever is asked', async () => {
    const opened = await filled()
    const admin = redisAdmin(server.port)
    await admin.call('CONFIG', 'RESETSTAT')
    for (const path of [
      'api/keys',
      'api/keys?pattern=*1*',
      'api/doctor',
      'api/overview',
      'api/redis',
      'api/families',
      'api/sessions',
    ])
      await opened.ask(path)
    await committed(opened, { all: true }, { typed: opened.namespace }, 'admin')
    // Commands that scripts call are among them.
    const sent = [...(await admin.info('commandstats')).keys()].map((name) => name.replace('cmdstat_', ''))
    admin.close()
    expect(sent).toContain('scan')
    expect(sent.filter((command) => /^(keys|flush)/.test(command))).toEqual([])
  })

  it('refuses what names nothing, what cannot be a pattern, and what is for another environment', async () => {
    const opened = openAdmin({ redis: { url: server.url } })
    const codeOf = async (body: object) => {
      const answered = await opened.ask('api/invalidate', { body: { dryRun: true, ...body } })
      return [answered.status, at(answered, 'code')]
    }
    expect(await codeOf({})).toEqual([400, 'bad-request'])
    expect(await codeOf({ pattern: '[' })).toEqual([400, 'bad-request'])
    expect(await codeOf({ keys: [''] })).toEqual([400, 'bad-request'])
    expect(await codeOf({ keys: ['a'], environment: 'prod' })).toEqual([409, 'other-environment'])
    expect(await codeOf({ keys: ['a'], surprise: 1 })).toEqual([400, 'bad-request'])
  })

  it('lets a person change so much in a minute and no more', async () => {
    const opened = openAdmin({ redis: { url: server.url }, admin: { changesPerMinute: 3 } })
    const ask = (user: string) => opened.ask('api/invalidate', { user, body: { keys: ['a'], dryRun: true } })
    for (let turn = 0; turn < 3; turn += 1) expect((await ask('ada')).status).toBe(200)
    const limited = await ask('ada')
    expect([limited.status, at(limited, 'code'), Number(limited.headers.get('retry-after')) > 0]).toEqual([
      429,
      'rate-limited',
      true,
    ])
    expect((await ask('grace')).status).toBe(200)
  })

  it('invalidates while Redis is away: it says that it is queued, and the fleet hears of it afterwards', async () => {
    const own = await privateRedis()
    const opened = openAdmin({
      redis: { url: own.url, healthInterval: '50ms', connectTimeout: '1s', readTimeout: '250ms' },
    })
    await opened.cache.set('a:1', 'old')
    own.signal('SIGKILL')
    await own.exited
    await expect.poll(() => opened.redis.health().state).toBe('down')
    const shown = await dryRun(opened, { keys: ['a:1'] })
    expect([at(shown, 'counted'), typeof at(shown, 'confirmToken')]).toEqual(['unknown', 'string'])
    const done = await committed(opened, { keys: ['a:1'] })
    expect([done.status, at(done, 'result')]).toEqual([200, 'queued'])
    expect(opened.rows.at(-1)).toMatchObject({ result: 'queued', targets: ['key a:1'] })
    const audit = await opened.ask('api/audit')
    expect([at(audit, 'store'), at(audit, 'waiting')]).toEqual(['memory', 3])
    await own.restart()
    await expect.poll(async () => at(await opened.ask('api/audit'), 'waiting'), { timeout: 20_000 }).toBe(0)
    const rows = at(await opened.ask('api/audit'), 'rows') as readonly { readonly result: string }[]
    expect([at(await opened.ask('api/audit'), 'store'), rows.length, rows[0]?.result]).toEqual(['redis', 3, 'queued'])
    await own.stop()
  })

  it('does not mind what else lies under the names of entries', async () => {
    const opened = openAdmin({ redis: { url: server.url } })
    const admin = redisAdmin(server.port)
    await admin.call('SET', entryKey(opened.namespace, 'odd'), '\u00ff'.repeat(60))
    await opened.cache.set('{braces}%7B:1', 1)
    const page = await opened.ask('api/keys')
    expect((at(page, 'keys') as { key: string; state: string }[]).map(({ key, state }) => [key, state])).toEqual([
      ['odd', 'unreadable'],
      ['{braces}%7B:1', 'current'],
    ])
    expect(at(await dryRun(opened, { pattern: '{br*' }), 'count')).toBe(1)
    admin.close()
  })
})
