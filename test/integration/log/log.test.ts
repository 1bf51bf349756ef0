import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import type { Judged } from '../../../src/log/log.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { openLog, type OpenLog } from '../../support/open-log.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const server = testRedis()
const plain = (): Client => {
  const client = new Client(server.url, { lazyConnect: false })
  onTestFinished(() => client.disconnect())
  return client
}

async function opened(namespace: string, options: Partial<Parameters<typeof openLog>[0]> = {}): Promise<OpenLog> {
  const one = await openLog({ url: server.url, namespace, ...options })
  onTestFinished(() => one.close())
  return one
}

const entryOf = ({ log }: OpenLog, key = 'a', tags: string[] = []): Judged => ({
  key,
  tags,
  stamp: log.stamp() ?? expect.unreachable(),
})
const states = ({ told }: OpenLog): string[] =>
  told.flatMap((event) => (event.type === 'log-state' ? [`${event.state}: ${event.why}`] : []))

describe('following the log', () => {
  it('knows another process’s invalidation through the tail, without a heartbeat', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace), await opened(namespace)]
    const entry = entryOf(here)
    expect(here.log.judge(entry)).toBe('fresh')
    await there.log.invalidate(['k:a'], {})
    await vi.waitFor(() => expect(here.log.judge(entry)).toBe('invalidated'), { interval: 1 })
  })

  it('knows it through a heartbeat when the tail is frozen (H17)', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace, { tail: 'frozen' }), await opened(namespace)]
    const entry = entryOf(here)
    await there.log.invalidate(['k:a'], {})
    await here.log.hear()
    expect(here.log.judge(entry)).toBe('invalidated')
  })

  it('catches up over more records than one heartbeat brings', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace, { tail: 'frozen' }), await opened(namespace)]
    const entry = entryOf(here, 'k699')
    await Promise.all(Array.from({ length: 700 }, (_, index) => there.log.invalidate([`k:k${index}`], {})))
    await here.log.hear()
    expect(here.log.judge(entry)).toBe('invalidated')
    expect(states(here)).toEqual(['ready: started'])
  })

  it('resynchronises when records it lacks were trimmed away (H4)', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace, { tail: 'frozen' }), await opened(namespace)]
    const entry = entryOf(here)
    await there.log.invalidate(['k:a'], {})
    await there.log.invalidate(['k:b'], {})
    await plain().xtrim(`hf:{${namespace}}:log`, 'MAXLEN', 1)
    await here.log.hear()
    expect(here.log.judge(entry)).toBe('invalidated')
    expect(states(here)).toEqual(['ready: started', 'unready: gap', 'ready: resynchronised'])
  })

  it('resynchronises when the whole stream is gone and the head is not (H8)', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace, { tail: 'frozen' }), await opened(namespace)]
    const entry = entryOf(here)
    await there.log.invalidate(['k:a'], {})
    await plain().del(`hf:{${namespace}}:log`)
    await here.log.hear()
    expect(here.log.judge(entry)).toBe('invalidated')
  })
})

describe('the bound', () => {
  it('ends what may be served as fresh when the log was not heard from for so long, until it is heard again', async () => {
    const clock = fakeClock()
    const here = await opened(uniqueNamespace(), { tail: 'frozen', clock })
    const entry = entryOf(here)
    clock.advance(2000)
    expect(here.log.judge(entry)).toBe('fresh')
    expect(here.log.standing()).toBe('heard')
    clock.advance(1)
    expect(here.log.judge(entry)).toBe('unheard')
    expect(here.log.standing()).toBe('silent')
    await here.log.hear()
    expect(here.log.judge(entry)).toBe('fresh')
  })

  it('counts from the sending of a heartbeat: what was acknowledged before is known here', async () => {
    const namespace = uniqueNamespace()
    const clock = fakeClock()
    const [here, there] = [await opened(namespace, { tail: 'frozen', clock }), await opened(namespace)]
    const entry = entryOf(here)
    await there.log.invalidate(['k:a'], {})
    clock.advance(2001)
    expect(here.log.judge(entry)).toBe('unheard')
    await here.log.hear()
    expect(here.log.judge(entry)).toBe('invalidated')
  })

  it('does not count a heartbeat’s way back as heard', async () => {
    const clock = fakeClock()
    const here = await opened(uniqueNamespace(), { tail: 'frozen', clock, onAnswer: () => clock.advance(300) })
    await here.log.hear()
    expect(here.log.heardMsAgo()).toBe(300)
  })

  it('lets an own load be served that began within it, and no longer, and not past an own invalidation', async () => {
    const clock = fakeClock()
    const here = await opened(uniqueNamespace(), { tail: 'frozen', clock })
    clock.advance(5000)
    const own = { ...entryOf(here), loaded: here.log.now() }
    clock.advance(2000)
    expect(here.log.judge(own)).toBe('fresh')
    clock.advance(1)
    expect(here.log.judge(own)).toBe('unheard')
  })
})

describe('a strict read', () => {
  it('counts only what was heard after it began, so that an acknowledged invalidation is never missed', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace, { tail: 'frozen' }), await opened(namespace)]
    const entry = entryOf(here)
    await there.log.invalidate(['k:a'], {})
    const began = here.log.now()
    expect(here.log.judge(entry), 'within the bound').toBe('fresh')
    expect(here.log.judge(entry, began)).toBe('unheard')
    await here.log.hearAnew()
    expect(here.log.judge(entry, began)).toBe('invalidated')
  })

  it('never shares a heartbeat that was sent before it began (H12)', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace, { tail: 'frozen' }), await opened(namespace)]
    const other = entryOf(here, 'b')
    const sentBefore = here.log.hear()
    await there.log.invalidate(['k:a'], {})
    const began = here.log.now()
    await sentBefore
    expect(here.log.judge(other, began)).toBe('unheard')
    await Promise.all([here.log.hearAnew(), here.log.hearAnew()])
    expect(here.log.judge(other, began)).toBe('fresh')
  })

  it('is answered by an own load that began after it', async () => {
    const here = await opened(uniqueNamespace(), { tail: 'frozen' })
    const began = here.log.now()
    const own = { ...entryOf(here), loaded: here.log.now() }
    expect(here.log.judge(own, began)).toBe('fresh')
    expect(here.log.judge(own, here.log.now())).toBe('unheard')
  })
})

describe('epochs', () => {
  it('are shared by processes that start at the same time', async () => {
    const namespace = uniqueNamespace()
    const logs = await Promise.all([1, 2, 3, 4].map(() => opened(namespace)))
    expect(new Set(logs.map(({ log }) => log.stamp()?.epoch)).size).toBe(1)
  })

  it('begin anew when the head is lost, and then nothing older is current (H8)', async () => {
    const namespace = uniqueNamespace()
    const here = await opened(namespace)
    const entry = entryOf(here)
    await plain().del(`hf:{${namespace}}:head`)
    await here.log.hear()
    expect(here.log.judge(entry)).toBe('unverified')
    expect(here.log.judge(entryOf(here))).toBe('fresh')
    expect(states(here)).toContain('unready: new-epoch')
  })

  it('begin anew when the head is older than what a process has applied', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace), await opened(namespace)]
    await there.log.invalidate(['k:a'], {})
    await here.log.hear()
    const entry = entryOf(here)
    // As a promoted replica that never got the last record would answer.
    const client = plain()
    const position = Number(await client.hget(`hf:{${namespace}}:head`, '@pos'))
    await client.hset(`hf:{${namespace}}:head`, '@pos', position - 10)
    await here.log.hear()
    expect(here.log.judge(entry)).toBe('unverified')
    expect(here.log.stamp()?.epoch).not.toBe(entry.stamp?.epoch)
  })

  it('begin anew on another primary, told by its replication id', async () => {
    const namespace = uniqueNamespace()
    const here = await opened(namespace)
    const entry = entryOf(here)
    await plain().hset(`hf:{${namespace}}:head`, '@inc', 'f'.repeat(40))
    await here.log.hear()
    expect(here.log.judge(entry)).toBe('unverified')
  })

  it('do not hide an own invalidation that was acknowledged in a new one before it is known here', async () => {
    const namespace = uniqueNamespace()
    const here = await opened(namespace, { tail: 'frozen' })
    await plain().del(`hf:{${namespace}}:head`)
    const entry = entryOf(here)
    expect(await here.log.invalidate(['k:a'], {})).toMatchObject({ acknowledged: true })
    expect(here.log.judge(entry)).toBe('invalidated')
    await here.log.hear()
    expect(here.log.judge(entry)).toBe('unverified')
    expect(here.log.judge(entryOf(here))).toBe('fresh')
  })
})

describe('positions', () => {
  it('stay unique and rising when the server’s clock is behind (H3)', async () => {
    const namespace = uniqueNamespace()
    const here = await opened(namespace)
    const ahead = Date.now() * 1000 + 60_000_000
    await plain().hset(`hf:{${namespace}}:head`, '@pos', ahead)
    await here.log.hear()
    const entry = entryOf(here)
    for (let count = 0; count < 5; count += 1) await here.log.invalidate([`k:${count}`], {})
    const ids = (await plain().xrange(`hf:{${namespace}}:log`, '-', '+')).map(([id]) => Number.parseInt(id, 10))
    expect(ids).toEqual([1, 2, 3, 4, 5].map((step) => ahead + step))
    expect(here.log.judge({ ...entry, key: '3' })).toBe('invalidated')
  })

  it('are exact in Lua beyond the 14 digits that it prints by itself', async () => {
    const namespace = uniqueNamespace()
    const here = await opened(namespace)
    const far = Number.MAX_SAFE_INTEGER - 10
    await plain().hset(`hf:{${namespace}}:head`, '@pos', far)
    await here.log.hear()
    await here.log.invalidate(['k:a'], {})
    expect(await plain().hget(`hf:{${namespace}}:head`, 'k:a')).toBe(String(far + 1))
  })
})

describe('a value to be set', () => {
  it('is refused when something of it was invalidated since the call, though its own record comes later (H2)', async () => {
    const namespace = uniqueNamespace()
    for (const target of ['k:a:b', 't:t', 'p:a:', 'g:a*b', 'all'] as const) {
      const [here, there] = [await opened(namespace), await opened(namespace)]
      const called = here.log.stamp()
      await there.log.invalidate(target === 'all' ? 'all' : [target], {})
      const result = await here.log.supersede('a:b', ['t'], called, {})
      expect(result).toMatchObject({ acknowledged: true })
      expect(result.stamp, target).toBeUndefined()
    }
  })

  it('is refused when another epoch began since the call', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace, { tail: 'frozen' }), await opened(namespace)]
    const called = here.log.stamp()
    await plain().del(`hf:{${namespace}}:head`)
    await there.log.hear()
    expect((await here.log.supersede('a', [], called, {})).stamp).toBeUndefined()
  })

  it('is younger than its own mark, also twice in a row', async () => {
    const here = await opened(uniqueNamespace(), { tail: 'frozen' })
    for (let count = 0; count < 2; count += 1) {
      const { stamp } = await here.log.supersede('a', ['t'], here.log.stamp(), {})
      expect(here.log.judge({ key: 'a', tags: ['t'], stamp })).toBe('fresh')
    }
  })
})

describe('a fold', () => {
  it('is offered to the fleet by the process that remembers too much, and then the head is small', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace, { maxMarks: 50 }), await opened(namespace, { tail: 'frozen' })]
    const entry = entryOf(there, 'untouched')
    const tags = Array.from({ length: 60 }, (_, index) => `t:${index}` as const)
    for (const tag of tags) await here.log.invalidate([tag], {})
    const before = await plain().hlen(`hf:{${namespace}}:head`)
    expect(await here.log.fold()).toBe(true)
    expect(await plain().hlen(`hf:{${namespace}}:head`)).toBeLessThan(before - 20)
    await there.log.hear()
    expect(there.log.judge(entry), 'older than the floor').toBe('invalidated')
    const young = entryOf(there, 'a', ['59'])
    expect(there.log.judge(young)).toBe('fresh')
    expect(await here.log.fold(), 'there is nothing more to fold').toBe(false)
    expect(states(there)).toEqual(['ready: started'])
    const late = await opened(namespace)
    expect(late.log.judge(entry)).toBe('invalidated')
    expect(late.log.judge({ ...young, tags: ['0'] })).toBe('fresh')
  })
})

describe('a server that must not be trusted', () => {
  it('is not heard from when it is a replica', async () => {
    const here = await opened(uniqueNamespace())
    const client = plain()
    onTestFinished(async () => void (await client.replicaof('NO', 'ONE')))
    await client.replicaof('127.0.0.1', 1)
    await expect(here.log.hear()).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_STORE',
      message: expect.stringContaining('READONLY'),
    })
    expect(await here.log.invalidate(['k:a'], {})).toMatchObject({ acknowledged: false, queued: true })
  })

  it('is heard from, and takes invalidations, when its memory is full (H16)', async () => {
    const here = await opened(uniqueNamespace())
    const client = plain()
    const [, before = '0'] = await client.config('GET', 'maxmemory')
    onTestFinished(
      async () => void (await client.config('SET', 'maxmemory', before, 'maxmemory-policy', 'volatile-ttl')),
    )
    await client.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1')
    await expect(client.set('x', 'y')).rejects.toThrow('OOM')
    await expect(here.log.hear()).resolves.toBeUndefined()
    expect(await here.log.invalidate(['k:a'], {})).toMatchObject({ acknowledged: true, queued: false })
  })
})
