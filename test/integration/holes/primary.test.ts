import { describe, expect, it, onTestFinished } from 'vitest'

import { privateRedis, type PrivateRedis } from '../../../src/testing/index.ts'
import { held } from '../../support/memory-cache.ts'
import { askRedis } from '../../support/redis-admin.ts'
import { uniqueNamespace } from '../../support/redis.ts'
import { holdOnce, stagedCache, type StagedCache, type StagedOptions } from '../../support/staged-cache.ts'
import { createTcpProxy } from '../../support/tcp-proxy.ts'

// Servers that know less than was acknowledged, or must not be trusted any more: restarted, promoted, fenced, cut off.

const BOUND_MS = 2000
const strict = { consistency: 'strict' } as const

async function serverOfItsOwn(): Promise<PrivateRedis> {
  const server = await privateRedis()
  onTestFinished(() => server.stop())
  return server
}

async function opened(url: string, namespace: string, options: Partial<StagedOptions> = {}): Promise<StagedCache> {
  const one = await stagedCache({ url, namespace, bound: BOUND_MS, ...options })
  await one.cache.get('warm-up')
  return one
}

/** A server that came back from a snapshot of before an acknowledged invalidation, which one of the processes never heard of. */
async function afterLostRecords() {
  const server = await serverOfItsOwn()
  const namespace = uniqueNamespace()
  const here = await opened(server.url, namespace)
  const there = await opened(server.url, namespace)
  await there.cache.set('a', 'old')
  await there.cache.set('b', 'old')
  expect(await here.cache.get('a')).toBe('old')
  await askRedis(server.port, 'SAVE')
  expect(await there.cache.invalidate({ keys: ['a', 'b'] })).toMatchObject({ acknowledged: true })
  await server.restart()
  expect(await askRedis(server.port, 'EXISTS', `hf:${namespace}:e:{a}`), 'the old entry is back').toBe(1)
  return { server, namespace, here, there }
}

/** Lets heartbeats be sent until Redis answers one again. */
async function untilHeard({ cache, clock }: StagedCache): Promise<void> {
  const state = () => (clock.advance(BOUND_MS / 4), cache.health().state)
  await expect.poll(state, { timeout: 10_000 }).toBe('ok')
}

describe('H6 a suffix of the log that is lost with its server', () => {
  it('makes nothing of before current again, in a process that never heard of it or one that begins', async () => {
    const { server, namespace, here, there } = await afterLostRecords()
    const late = await opened(server.url, namespace)
    for (const each of [here, there, late]) {
      each.clock.advance(BOUND_MS + 1)
      await untilHeard(each)
      expect(await each.cache.get('a')).toBeUndefined()
    }
    expect(await here.cache.getOrSet('a', () => 'new')).toBe('new')
  })

  it('is noticed on a server that took the place of the old one and knows fewer records', async () => {
    const [primary, replica] = [await serverOfItsOwn(), await serverOfItsOwn()]
    const namespace = uniqueNamespace()
    const there = await opened(primary.url, namespace)
    await there.cache.set('a', 'old')
    const link = await createTcpProxy({ target: { host: primary.host, port: primary.port } })
    onTestFinished(() => link.close())
    await askRedis(replica.port, 'REPLICAOF', link.host, link.port)
    const isLinked = async () => String(await askRedis(replica.port, 'INFO', 'replication').catch(() => ''))
    await expect.poll(isLinked, { timeout: 20_000, interval: 50 }).toContain('master_link_status:up')
    // Attaching a replica changes the replication id, which begins a new epoch: the value is set once more in that one.
    await there.cache.get('a', strict)
    expect(await there.cache.set('a', 'old')).toMatchObject({ stored: true })
    expect(await there.cache.get('a', strict)).toBe('old')
    const entryOn = (port: number) => askRedis(port, 'GET', `hf:${namespace}:e:{a}`)
    const written = await entryOn(primary.port)
    await expect.poll(() => entryOn(replica.port), { timeout: 10_000 }).toEqual(written)
    link.pause()
    expect(await there.cache.invalidate({ keys: ['a'] })).toMatchObject({ acknowledged: true })
    primary.signal('SIGKILL')
    await askRedis(replica.port, 'REPLICAOF', 'NO', 'ONE')
    expect(await entryOn(replica.port), 'it knows the value, and not its invalidation').toEqual(written)
    const onNew = await opened(replica.url, namespace)
    expect(await onNew.cache.get('a')).toBeUndefined()
    expect(await onNew.cache.getOrSet('a', () => 'new')).toBe('new')
  })
})

describe('H7 positions that begin again below the stamps of older entries', () => {
  it('do not make those entries younger than the invalidations that follow', async () => {
    const server = await serverOfItsOwn()
    const namespace = uniqueNamespace()
    const head = `hf:{${namespace}}:head`
    const here = await opened(server.url, namespace)
    // The old primary's clock was an hour ahead.
    await askRedis(server.port, 'HSET', head, '@pos', (Date.now() + 3_600_000) * 1000)
    await here.cache.get('b', strict)
    expect(await here.cache.set('a', 'old')).toMatchObject({ stored: true })
    await askRedis(server.port, 'DEL', head, `hf:{${namespace}}:log`)
    const there = await opened(server.url, namespace)
    expect(await there.cache.invalidate({ keys: ['a'] })).toMatchObject({ acknowledged: true })
    expect(await there.cache.get('a')).toBeUndefined()
    here.clock.advance(BOUND_MS + 1)
    expect(await here.cache.get('a')).toBeUndefined()
    expect(await here.cache.getOrSet('a', () => 'new')).toBe('new')
    await expect.poll(() => there.cache.get('a'), { timeout: 5000 }).toBe('new')
    await there.cache.invalidate({ keys: ['a'] })
    here.clock.advance(BOUND_MS + 1)
    expect(await here.cache.get('a'), 'and records of the new epoch are heard').toBeUndefined()
  })
})

describe('H12 strict reads that trust what is old', () => {
  it('a) a server that came back old, whose log and entries agree', async () => {
    const { server, namespace, here, there } = await afterLostRecords()
    await untilHeard(here)
    await untilHeard(there)
    const late = await opened(server.url, namespace)
    for (const { cache } of [late, here, there]) {
      for (const key of ['a', 'b']) expect(await cache.get(key, strict)).toBeUndefined()
    }
  })

  it('b) a read and a heartbeat that were sent before the acknowledgement', async () => {
    const server = await serverOfItsOwn()
    const namespace = uniqueNamespace()
    const hold = { get: holdOnce('get'), beat: holdOnce('log.beat'), on: false }
    const after = (command: string) => (hold.on ? (hold.get.hook(command) ?? hold.beat.hook(command)) : undefined)
    const here = await opened(server.url, namespace, { after })
    const there = await opened(server.url, namespace)
    await there.cache.set('a', 'old')
    hold.on = true
    const early = here.cache.get('a', strict)
    await Promise.all([hold.get.reached, hold.beat.reached])
    await there.cache.invalidate({ keys: ['a'] })
    const late = here.cache.get('a', strict)
    hold.get.release()
    hold.beat.release()
    await early
    expect(await late).toBeUndefined()
    expect(await here.cache.get('a', strict)).toBeUndefined()
  })

  it('c) an isolated server that answers reads and takes no writes', async () => {
    const server = await serverOfItsOwn()
    const namespace = uniqueNamespace()
    const here = await opened(server.url, namespace)
    await here.cache.set('a', 'old')
    expect(await here.cache.get('a', strict)).toBe('old')
    await askRedis(server.port, 'CONFIG', 'SET', 'min-replicas-to-write', 1)
    expect(await here.cache.get('a', strict)).toBeUndefined()
    expect(await here.cache.getOrSet('a', () => 'source', strict)).toBe('source')
  })

  it('d) a load that was under way when the heartbeat failed', async () => {
    const server = await serverOfItsOwn()
    const proxy = await createTcpProxy({ target: { host: server.host, port: server.port } })
    onTestFinished(() => proxy.close())
    const namespace = uniqueNamespace()
    const here = await opened(proxy.url, namespace)
    const there = await opened(server.url, namespace)
    const { loader, calls } = held<string>()
    const early = here.cache.getOrSet('a', loader, strict)
    await expect.poll(() => calls.length).toBe(1)
    await there.cache.invalidate({ keys: ['a'] })
    proxy.refuse()
    proxy.dropAll()
    const late = here.cache.getOrSet('a', () => 'new', strict)
    await expect.poll(() => here.told.filter((event) => event.type === 'load-joined').length).toBe(1)
    calls[0]?.('old')
    expect(await early).toBe('old')
    expect(await late).toBe('new')
  })
})

describe('H13 and H14 the fence: an old primary that is fenced grants nothing, and says so', () => {
  it('lets no process serve from it past the bound, although it answers reads', async () => {
    const server = await serverOfItsOwn()
    const namespace = uniqueNamespace()
    const here = await opened(server.url, namespace)
    await here.cache.set('a', 'old')
    await askRedis(server.port, 'CONFIG', 'SET', 'min-replicas-to-write', 1)
    here.clock.advance(BOUND_MS)
    expect(await here.cache.get('a'), 'within the bound').toBe('old')
    here.clock.advance(1)
    expect(await here.cache.get('a')).toBeUndefined()
    expect(await here.cache.getOrSet('a', () => 'source')).toBe('source')
    expect(here.cache.health().state).toBe('degraded')
  })

  it('acknowledges no invalidation there: what is sent to it is queued until it takes writes', async () => {
    const server = await serverOfItsOwn()
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(server.url, namespace), await opened(server.url, namespace)]
    await there.cache.set('a', 'old')
    await askRedis(server.port, 'CONFIG', 'SET', 'min-replicas-to-write', 1)
    expect(await here.cache.invalidate({ keys: ['a'] })).toMatchObject({ acknowledged: false, queued: true })
    expect(await here.cache.get('a')).toBeUndefined()
    await askRedis(server.port, 'CONFIG', 'SET', 'min-replicas-to-write', 0)
    await here.cache.get('a', strict)
    there.clock.advance(BOUND_MS + 1)
    expect(await there.cache.get('a')).toBeUndefined()
  })
})

describe('H16 a Redis whose memory is full', () => {
  it('is still read as a cache, and takes invalidations', async () => {
    const server = await privateRedis({ policy: 'noeviction' })
    onTestFinished(() => server.stop())
    const namespace = uniqueNamespace()
    const here = await opened(server.url, namespace)
    await here.cache.set('a', 'cached')
    await here.cache.set('b', 'cached')
    await askRedis(server.port, 'CONFIG', 'SET', 'maxmemory', 1)
    await expect(askRedis(server.port, 'SET', 'x', 'y')).rejects.toThrow('OOM')
    here.clock.advance(BOUND_MS + 1)
    expect(await here.cache.get('a')).toBe('cached')
    const late = await opened(server.url, namespace)
    expect(await late.cache.get('a')).toBe('cached')
    expect(late.reads().at(-1)).toBe('hit l2')
    expect(await here.cache.invalidate({ keys: ['a'] })).toMatchObject({ acknowledged: true })
    late.clock.advance(BOUND_MS + 1)
    expect(await late.cache.get('a')).toBeUndefined()
    expect(await late.cache.get('b')).toBe('cached')
  })
})
