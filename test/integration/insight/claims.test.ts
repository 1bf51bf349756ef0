import { describe, expect, it, onTestFinished } from 'vitest'

import { createRedis } from '../../../src/index.ts'
import { createClaims } from '../../../src/insight/claims.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const server = testRedis()

async function fleet(repeatMs = 60_000) {
  const redis = createRedis({ url: server.url })
  onTestFinished(() => redis.close())
  await redis.ready()
  const namespace = uniqueNamespace()
  return (process: string) => createClaims({ redis, namespace, process, repeatMs })
}

describe('an alert in a fleet', () => {
  it('is told by one process, whoever sees it first', async () => {
    const member = await fleet()
    const claims = await Promise.all(['a', 'b', 'c', 'd'].map((name) => member(name).fire('Rule')))
    expect(claims.toSorted()).toEqual(['mine', 'others', 'others', 'others'])
  })

  it('is resolved when the last process sees it gone', async () => {
    const member = await fleet()
    await member('a').fire('Rule')
    await member('b').fire('Rule')
    expect(await member('a').resolve('Rule')).toBe('others')
    expect(await member('b').resolve('Rule')).toBe('mine')
    expect(await member('b').resolve('Rule')).toBe('others')
  })

  it('is told again when its time has come', async () => {
    const member = await fleet(1)
    expect(await member('a').fire('Rule')).toBe('mine')
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await member('b').fire('Rule')).toBe('mine')
  })

  it('is told by another process when the first could not', async () => {
    const member = await fleet()
    expect(await member('a').fire('Rule')).toBe('mine')
    await member('a').release('Rule')
    expect(await member('b').fire('Rule')).toBe('mine')
  })

  it('is told by each for itself while Redis is away', async () => {
    const redis = createRedis({ url: 'redis://127.0.0.1:1' })
    onTestFinished(() => redis.close())
    const claims = createClaims({ redis, namespace: 'n', process: 'a', repeatMs: 1000 })
    expect(await claims.fire('Rule')).toBe('alone')
  })
})
