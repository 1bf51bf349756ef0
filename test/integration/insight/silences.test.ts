import { describe, expect, it, onTestFinished } from 'vitest'

import { systemRandom } from '../../../src/base/random.ts'
import { createRedis } from '../../../src/index.ts'
import { createSilences } from '../../../src/insight/silences.ts'
import { silencesKey } from '../../../src/keys/redis-key.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const shared = testRedis()
const note = { by: 'alice', reason: 'moving' }

/** Two processes with connections of their own, on a clock that is the server's at the start. */
async function twoProcesses(server: { readonly url: string } = shared) {
  const namespace = uniqueNamespace()
  const clock = fakeClock(Date.now())
  const member = async () => {
    const redis = createRedis({ url: server.url, commandTimeout: '500ms' })
    onTestFinished(() => redis.close())
    await redis.ready()
    return createSilences({ clock, random: systemRandom, redis, namespace })
  }
  return { namespace, clock, one: await member(), other: await member(), member }
}

describe('a silence of the fleet', () => {
  it('holds here at once, elsewhere when that looks next, and in a process that starts later', async () => {
    const { clock, one, other, member } = await twoProcesses()
    const silence = one.add({ rule: 'A', untilMs: clock.wallMs() + 60_000, ...note })
    expect([one.covers('A'), other.covers('A')]).toEqual([true, false])
    await one.refresh()
    await other.refresh()
    expect(other.list()).toEqual([silence])
    const third = await member()
    await third.refresh()
    expect(third.covers('A')).toBe(true)
    clock.advance(60_000)
    expect([one.covers('A'), other.covers('A')]).toEqual([false, false])
  })

  it('is lifted by any process, and does not come back', async () => {
    const { clock, one, other } = await twoProcesses()
    const { id } = one.add({ rule: 'A', untilMs: clock.wallMs() + 60_000, ...note })
    const kept = one.add({ rule: 'B', untilMs: clock.wallMs() + 60_000, ...note })
    await one.refresh()
    await other.refresh()
    expect([other.remove(id), other.remove(id)]).toEqual([true, false])
    await other.refresh()
    await one.refresh()
    expect([one.list(), other.list()]).toEqual([[kept], [kept]])
  })

  it('that this version cannot read is passed over, and the others hold', async () => {
    const { namespace, clock, one, other } = await twoProcesses()
    const admin = redisAdmin(Number(new URL(shared.url).port))
    onTestFinished(() => admin.close())
    await admin.call('HSET', silencesKey(namespace), 'odd', 'not JSON', 'nothing', 'null', 'part', '{"id":"part"}')
    const silence = one.add({ rule: 'A', untilMs: clock.wallMs() + 60_000, ...note })
    await one.refresh()
    await other.refresh()
    expect([one.list(), other.list()]).toEqual([[silence], [silence]])
  })

  it('goes from Redis when the last one has ended', async () => {
    const { namespace, clock, one } = await twoProcesses()
    one.add({ rule: 'A', untilMs: clock.wallMs() + 3_600_000, ...note })
    one.add({ rule: 'B', untilMs: clock.wallMs() + 60_000, ...note })
    await one.refresh()
    const admin = redisAdmin(Number(new URL(shared.url).port))
    onTestFinished(() => admin.close())
    const leftMs = Number(await admin.call('PTTL', silencesKey(namespace)))
    expect(leftMs).toBeGreaterThan(3_500_000)
    expect(leftMs).toBeLessThanOrEqual(3_600_000)
  })

  it('holds while Redis is away, and what was changed meanwhile is known to all afterwards', async () => {
    const server = await privateRedis()
    onTestFinished(() => server.stop())
    const { clock, one, other } = await twoProcesses(server)
    const old = one.add({ rule: 'A', untilMs: clock.wallMs() + 60_000, ...note })
    await one.refresh()
    await other.refresh()
    server.signal('SIGSTOP')
    const added = one.add({ rule: 'B', untilMs: clock.wallMs() + 60_000, ...note })
    one.remove(old.id)
    await one.refresh()
    await other.refresh()
    expect([one.list(), other.list()]).toEqual([[added], [old]])
    server.signal('SIGCONT')
    await expect
      .poll(
        async () => {
          await one.refresh()
          await other.refresh()
          return other.list()
        },
        { timeout: 10_000 },
      )
      .toEqual([added])
    expect(one.list()).toEqual([added])
  })
})
