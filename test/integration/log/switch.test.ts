import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { privateRedis } from '../../../src/testing/index.ts'
import { openLog, type OpenLog } from '../../support/open-log.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const server = testRedis()

async function opened(namespace: string, options: Partial<Parameters<typeof openLog>[0]> = {}): Promise<OpenLog> {
  const one = await openLog({ url: server.url, namespace, ...options })
  onTestFinished(() => one.close())
  return one
}

const switches = ({ told }: OpenLog) => told.filter((event) => event.type === 'switch')

describe('the switch of a fleet', () => {
  it('reaches every process through the tail, without a heartbeat, and is told once in each', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace), await opened(namespace)]
    expect(await here.log.switchTo(false, { by: 'ann', reason: 'drill' })).toEqual({ acknowledged: true })
    await vi.waitFor(() => expect(there.log.enabled()).toBe(false), { interval: 1 })
    await there.log.switchTo(true, { by: 'ben' })
    await vi.waitFor(() => expect(here.log.enabled()).toBe(true), { interval: 1 })
    await Promise.all([here.log.hear(), there.log.hear()])
    const told = [
      { type: 'switch', enabled: false, by: 'ann', reason: 'drill' },
      { type: 'switch', enabled: true, by: 'ben', reason: '' },
    ]
    expect([switches(here), switches(there)]).toEqual([told, told])
  })

  it('reaches a process with a frozen tail by its next heartbeat', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace), await opened(namespace, { tail: 'frozen' })]
    await here.log.switchTo(false, {})
    await there.log.hear()
    expect(there.log.enabled()).toBe(false)
  })

  it('outlives an epoch, and is known to a process that starts later before it serves anything', async () => {
    const namespace = uniqueNamespace()
    const here = await opened(namespace)
    await here.log.switchTo(false, { by: 'ann' })
    const admin = redisAdmin(server.port)
    onTestFinished(() => admin.close())
    await admin.call('DEL', `hf:{${namespace}}:head`, `hf:{${namespace}}:log`)
    const later = await opened(namespace)
    expect(later.log.enabled()).toBe(false)
    expect(await admin.call('PTTL', `hf:{${namespace}}:switch`)).toBe(-1)
  })

  it('disturbs no mark, and leaves no gap in the log', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace), await opened(namespace)]
    const entry = { key: 'a', tags: [], stamp: here.log.stamp() }
    await here.log.switchTo(false, {})
    await here.log.switchTo(true, {})
    await Promise.all([here.log.hear(), there.log.hear()])
    expect(there.log.judge(entry)).toBe('fresh')
    await here.log.invalidate(['k:a'], {})
    await there.log.hear()
    expect(there.log.judge(entry)).toBe('invalidated')
    expect(there.told.filter((event) => event.type === 'log-state')).toHaveLength(1)
  })

  it('that a restart of Redis has lost is put back', async () => {
    const own = await privateRedis()
    onTestFinished(() => own.stop())
    const namespace = uniqueNamespace()
    const here = await opened(namespace, { url: own.url, heartbeatMs: 50 })
    await here.log.switchTo(false, { by: 'ann' })
    await own.restart()
    const admin = redisAdmin(own.port)
    onTestFinished(() => admin.close())
    await vi.waitFor(async () => expect(await admin.call('HGET', `hf:{${namespace}}:switch`, 'enabled')).toBe('0'), {
      timeout: 10_000,
    })
    expect(here.log.enabled()).toBe(false)
  })

  it('that is made while Redis is away holds here, and everywhere when it is back', async () => {
    const own = await privateRedis()
    onTestFinished(() => own.stop())
    const namespace = uniqueNamespace()
    const [here, there] = [
      await opened(namespace, { url: own.url, heartbeatMs: 50 }),
      await opened(namespace, { url: own.url, heartbeatMs: 50 }),
    ]
    own.signal('SIGKILL')
    await own.exited
    expect(await here.log.switchTo(false, {})).toEqual({ acknowledged: false })
    expect([here.log.enabled(), there.log.enabled()]).toEqual([false, true])
    await own.restart()
    await vi.waitFor(() => expect(there.log.enabled()).toBe(false), { timeout: 10_000 })
  })
})
