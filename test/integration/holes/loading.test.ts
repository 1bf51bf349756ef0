import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'

import { held } from '../../support/memory-cache.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'
import { holdOnce, stagedCache, type StagedCache, type StagedOptions } from '../../support/staged-cache.ts'

// What a load or a write that is under way can do to an invalidation that comes meanwhile.

const server = testRedis()
const BOUND_MS = 2000

const opened = (namespace: string, options: Partial<StagedOptions> = {}): Promise<StagedCache> =>
  stagedCache({ url: server.url, namespace, bound: BOUND_MS, ...options })

async function pair(here: Partial<StagedOptions> = {}, there: Partial<StagedOptions> = {}) {
  const namespace = uniqueNamespace()
  const pairOf = { namespace, here: await opened(namespace, here), there: await opened(namespace, there) }
  await Promise.all([pairOf.here.cache.get('warm-up'), pairOf.there.cache.get('warm-up')])
  return pairOf
}

function plain(): Client {
  const client = new Client(server.url)
  onTestFinished(() => client.disconnect())
  return client
}

describe('H1 joining a load: a load that began before an acknowledged invalidation answers no read that begins a bound later', () => {
  it('gives its value to the caller that started it, and loads again for the one that joined', async () => {
    const { here, there } = await pair()
    const { loader, calls } = held<string>()
    const first = here.cache.getOrSet('a', loader)
    await expect.poll(() => calls.length).toBe(1)
    await there.cache.invalidate({ keys: ['a'] })
    here.clock.advance(BOUND_MS + 1)
    const joiner = here.cache.getOrSet('a', loader)
    await expect.poll(() => here.told.some((event) => event.type === 'load-joined')).toBe(true)
    calls[0]?.('old')
    expect(await first).toBe('old')
    await expect.poll(() => calls.length).toBe(2)
    calls[1]?.('new')
    expect(await joiner).toBe('new')
  })
})

describe('H2 set() stamped with its own record: a value is as old as the call of set(), however late its record is appended', () => {
  it('is not stored when a tag of it was invalidated while its append was under way', async () => {
    const hold = holdOnce('log.append')
    const { here, there } = await pair({ before: hold.hook })
    const setting = here.cache.set('a', 'old', { tags: ['t'] })
    await hold.reached
    await there.cache.invalidate({ tags: ['t'] })
    hold.release()
    expect(await setting).toMatchObject({ acknowledged: true, stored: false })
    for (const { cache } of [here, there]) {
      expect(await cache.getOrSet('a', () => 'new', { tags: ['t'] })).toBe('new')
    }
  })

  it('does not win over a value that was set after it was called', async () => {
    const hold = holdOnce('log.append')
    const { here, there } = await pair({ before: hold.hook })
    const slow = here.cache.set('a', 'older')
    await hold.reached
    expect(await there.cache.set('a', 'newer')).toMatchObject({ stored: true })
    hold.release()
    expect(await slow).toMatchObject({ stored: false })
    for (const { cache } of [here, there]) expect(await cache.getOrSet('a', () => 'newer')).toBe('newer')
  })

  it('is not stored when it was called before the log was first heard, and its key was invalidated since', async () => {
    const namespace = uniqueNamespace()
    const there = await opened(namespace)
    await there.cache.get('warm-up')
    const hold = holdOnce('log.beat')
    const here = await opened(namespace, { before: hold.hook })
    const setting = here.cache.set('a', 'old')
    await hold.reached
    await there.cache.invalidate({ keys: ['a'] })
    hold.release()
    expect(await setting).toMatchObject({ acknowledged: true, stored: false })
    for (const { cache } of [here, there]) expect(await cache.getOrSet('a', () => 'new')).toBe('new')
  })

  it('is stored as the first thing that is done in a namespace', async () => {
    const here = await opened(uniqueNamespace())
    expect(await here.cache.set('a', 'first')).toMatchObject({ acknowledged: true, stored: true })
    expect(await here.cache.get('a')).toBe('first')
  })
})

describe('H15 grace serves invalidated values: expired is one thing, invalidated another', () => {
  it.each([
    ['its key', { keys: ['a:b'] }],
    ['a tag', { tags: ['t'] }],
    ['a prefix', { pattern: 'a:*' }],
    ['a glob', { pattern: '*:b' }],
    ['everything', { all: true }],
  ] as const)('never serves a value in its grace that was invalidated by %s', async (_what, targets) => {
    const { here, there } = await pair()
    const options = { ttl: '1s', grace: '1h', tags: ['t'] } as const
    for (const { cache } of [here, there]) expect(await cache.getOrSet('a:b', () => 'old', options)).toBe('old')
    for (const { clock } of [here, there]) clock.advance(1001)
    const { loader, calls } = held<string>()
    expect(await here.cache.getOrSet('a:b', loader, options), 'it is in its grace').toBe('old')
    await expect.poll(() => calls.length).toBe(1)
    await there.cache.invalidate(targets)
    expect(await there.cache.getOrSet('a:b', () => 'new', options)).toBe('new')
    // The refresh began before the invalidation, so that its value is no newer.
    calls[0]?.('old')
    await expect.poll(() => here.told.filter((event) => event.type === 'fill').length).toBe(2)
    here.clock.advance(BOUND_MS + 1)
    expect(await here.cache.get('a:b', { stale: true })).not.toBe('old')
    expect(await here.cache.getOrSet('a:b', () => 'newest', options)).not.toBe('old')
  })

  it('does not serve it from Redis to a process that never held it either', async () => {
    const { here, there, namespace } = await pair()
    const options = { ttl: '1h', grace: '1h' } as const
    await here.cache.getOrSet('a', () => 'old', options)
    await expect.poll(() => there.cache.get('a')).toBe('old')
    await there.cache.invalidate({ keys: ['a'] })
    const late = await opened(namespace)
    late.clock.advance(3_600_001)
    expect(await late.cache.get('a', { stale: true })).toBeUndefined()
    expect(await late.cache.getOrSet('a', () => 'new', options)).toBe('new')
    expect(late.reads()).toEqual(['miss none', 'miss none'])
  })
})

describe('H18 epoch read at fill time: epoch and position are one pair, taken when the load begins', () => {
  it('does not carry a load of one epoch into the next', async () => {
    const { here, there, namespace } = await pair()
    const { loader, calls } = held<string>()
    const loading = here.cache.getOrSet('a', loader)
    await expect.poll(() => calls.length).toBe(1)
    await there.cache.invalidate({ keys: ['a'] })
    // The invalidation is lost with the head; only distrust of the old epoch can tell.
    await plain().del(`hf:{${namespace}}:head`, `hf:{${namespace}}:log`)
    here.clock.advance(BOUND_MS + 1)
    await here.cache.get('other')
    calls[0]?.('old')
    expect(await loading).toBe('old')
    const late = await opened(namespace)
    for (const { cache } of [here, there, late]) expect(await cache.getOrSet('a', () => 'new')).toBe('new')
  })

  it('counts an own load from its beginning, not from its end, while Redis is away', async () => {
    const here = await stagedCache({ url: 'redis://127.0.0.1:1', namespace: uniqueNamespace(), bound: BOUND_MS })
    const { loader, calls } = held<string>()
    const loading = here.cache.getOrSet('a', loader)
    await expect.poll(() => calls.length).toBe(1)
    here.clock.advance(1900)
    calls[0]?.('loaded')
    await loading
    expect(await here.cache.getOrSet('a', () => 'again')).toBe('loaded')
    here.clock.advance(101)
    expect(await here.cache.getOrSet('a', () => 'again')).toBe('again')
  })
})

describe('H19 a load between the append and its acknowledgement has seen the change: it counts from the call', () => {
  it('may be served and kept, here and in other processes', async () => {
    const hold = holdOnce('log.append')
    const { here, there } = await pair({ after: hold.hook })
    const invalidating = here.cache.invalidate({ keys: ['a'] })
    await hold.reached
    there.clock.advance(BOUND_MS + 1)
    expect(await there.cache.getOrSet('a', () => 'there')).toBe('there')
    expect(await here.cache.getOrSet('b', () => 'other')).toBe('other')
    hold.release()
    expect(await invalidating).toMatchObject({ acknowledged: true })
    expect(await there.cache.getOrSet('a', () => 'not asked')).toBe('there')
  })

  it('is served to the invalidating process too, whose own load began after the call', async () => {
    const hold = holdOnce('log.append')
    const { here } = await pair({ after: hold.hook })
    const invalidating = here.cache.invalidate({ keys: ['a'] })
    await hold.reached
    expect(await here.cache.getOrSet('a', () => 'after the call')).toBe('after the call')
    expect(await here.cache.getOrSet('a', () => 'not asked')).toBe('after the call')
    hold.release()
    await invalidating
  })
})

describe('peers §2.1 a slow loader writes a stale value after an invalidation', () => {
  const cases = (['same process', 'other process'] as const).flatMap((who) =>
    (['key', 'tag', 'prefix', 'glob', 'all'] as const).map((how) => [how, who] as const),
  )
  const targetsOf = { key: { keys: ['a:b'] }, tag: { tags: ['t'] }, prefix: { pattern: 'a:*' }, glob: { pattern: '*b' }, all: { all: true } } as const // prettier-ignore

  it.each(cases)('never, invalidated by %s in the %s', async (how, who) => {
    const { here, there } = await pair()
    const { loader, calls } = held<string>()
    const loading = here.cache.getOrSet('a:b', loader, { tags: ['t'] })
    await expect.poll(() => calls.length).toBe(1)
    await (who === 'same process' ? here : there).cache.invalidate(targetsOf[how])
    calls[0]?.('OLD')
    expect(await loading, 'its own caller began before').toBe('OLD')
    await expect.poll(() => here.told.some((event) => event.type === 'fill')).toBe(true)
    for (const { clock } of [here, there]) clock.advance(BOUND_MS + 1)
    for (const { cache } of [there, here]) expect(await cache.getOrSet('a:b', () => 'NEW', { tags: ['t'] })).toBe('NEW')
  })
})

describe('peers §2.1 read from Redis → invalidated → put into memory', () => {
  it('leaves nothing in memory that is served after the invalidation', async () => {
    const hold = holdOnce('get')
    const namespace = uniqueNamespace()
    const there = await opened(namespace)
    await there.cache.set('a', 'OLD')
    const here = await opened(namespace, { tail: 'live', after: (command) => (there.told.length > 0 ? hold.hook(command) : undefined) }) // prettier-ignore
    const reading = here.cache.get('a')
    await hold.reached
    await there.cache.invalidate({ keys: ['a'] })
    hold.release()
    await reading
    here.clock.advance(BOUND_MS + 1)
    expect(await here.cache.get('a')).toBeUndefined()
    expect(await here.cache.getOrSet('a', () => 'NEW')).toBe('NEW')
  })
})

describe('peers §2.1 read, compare and write in steps overwrites a newer value', () => {
  it.each(['2s', false] as const)(
    'keeps the value that was set when a load ends after it that began before it, lease: %s',
    async (lease) => {
      const { here, there, namespace } = await pair({ lease })
      const { loader, calls } = held<string>()
      const loading = here.cache.getOrSet('a', loader)
      await expect.poll(() => calls.length).toBe(1)
      expect(await there.cache.set('a', 'newer')).toMatchObject({ stored: true })
      calls[0]?.('older')
      await loading
      await expect.poll(() => here.told.some((event) => event.type === 'fill')).toBe(true)
      const late = await opened(namespace)
      here.clock.advance(BOUND_MS + 1)
      for (const { cache } of [late, there, here]) expect(await cache.get('a')).toBe('newer')
    },
  )
})

describe('peers §2.3 a failed load with many waiters is one run, not one for each', () => {
  it('fails 100 waiters of two processes with one run, and the next caller has the source asked anew', async () => {
    const { here, there } = await pair()
    let runs = 0
    const fail = async (): Promise<never> => {
      runs += 1
      await new Promise((resolve) => setTimeout(resolve, 100))
      throw new Error('the source failed')
    }
    const calls = [here, there].flatMap(({ cache }) => Array.from({ length: 50 }, () => cache.getOrSet('a', fail)))
    const settled = await Promise.allSettled(calls)
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true)
    expect(runs).toBe(1)
    expect(await there.cache.getOrSet('a', () => 'recovered')).toBe('recovered')
  })

  it('never has a second load begin while waiters of the first go on: the lease ends with its holder only', async () => {
    const { here, there } = await pair()
    let running = 0
    let most = 0
    const load = async (): Promise<number> => {
      most = Math.max(most, (running += 1))
      await new Promise((resolve) => setTimeout(resolve, 20))
      running -= 1
      throw new Error('skip')
    }
    for (let round = 0; round < 10; round += 1) {
      const calls = [here, there, here, there].map(({ cache }) => cache.getOrSet('a', load).catch(() => 0))
      await Promise.race(calls)
      calls.push(here.cache.getOrSet('a', load).catch(() => 0))
      await Promise.all(calls)
    }
    expect(most).toBe(1)
  })
})
