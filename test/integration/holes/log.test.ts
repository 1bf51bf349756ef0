import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'

import { pagesOf } from '../../../src/log/scan-head.ts'
import type { HashPage, Redis } from '../../../src/redis/redis.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { held } from '../../support/memory-cache.ts'
import { openLog, type OpenLog } from '../../support/open-log.ts'
import { askRedis } from '../../support/redis-admin.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'
import { holdOnce, stagedCache, type StagedCache, type StagedOptions } from '../../support/staged-cache.ts'

// What a process may fail to hear of the log, and must not fail to notice.

const server = testRedis()
const BOUND_MS = 2000
const ask = (...command: readonly (string | number)[]) => askRedis(server.port, ...command)

async function opened(namespace: string, options: Partial<StagedOptions> = {}): Promise<StagedCache> {
  const one = await stagedCache({ url: server.url, namespace, bound: BOUND_MS, ...options })
  await one.cache.get('warm-up')
  return one
}

async function pair(here: Partial<StagedOptions> = {}) {
  const namespace = uniqueNamespace()
  return { namespace, here: await opened(namespace, here), there: await opened(namespace) }
}

async function logOf(namespace: string, options: Partial<Parameters<typeof openLog>[0]> = {}): Promise<OpenLog> {
  const one = await openLog({ url: server.url, namespace, tail: 'frozen', ...options })
  onTestFinished(() => one.close())
  return one
}

/** Both processes hold the old value; one of them has its memory in step with Redis. */
async function bothHold(here: StagedCache, there: StagedCache, key = 'a'): Promise<void> {
  for (const { cache } of [here, there]) {
    await expect.poll(() => cache.getOrSet(key, () => 'old')).toBe('old')
  }
  await expect.poll(() => there.cache.get(key)).toBe('old')
}

describe('H3 positions that collide when the clock of the server is behind', () => {
  it('keeps every invalidation effective through 5000 records of one moment of a clock that stands still', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await logOf(namespace), await logOf(namespace)]
    const ahead = Date.now() * 1000 + 60_000_000
    await ask('HSET', `hf:{${namespace}}:head`, '@pos', ahead)
    await here.log.hear()
    await there.log.hear()
    for (let round = 0; round < 50; round += 1) {
      const entry = { key: `k${round}`, tags: [], stamp: here.log.stamp() }
      await Promise.all(Array.from({ length: 100 }, () => there.log.invalidate([`k:k${round}`], {})))
      await here.log.hear()
      expect(here.log.judge(entry)).toBe('invalidated')
      expect(here.log.judge({ ...entry, stamp: here.log.stamp() })).toBe('fresh')
    }
    const client = new Client(server.url)
    onTestFinished(() => client.disconnect())
    const ids = (await client.xrange(`hf:{${namespace}}:log`, '-', '+')).map(([id]) => id)
    expect(new Set(ids).size).toBe(5000)
    expect(ids.at(-1)).toBe(`${ahead + 5000}-0`)
  })
})

describe('H4 no gap detection: records that were trimmed before a process had read them', () => {
  it('are noticed, and what they said is learned from the head', async () => {
    const { here, there, namespace } = await pair()
    await bothHold(here, there)
    await there.cache.invalidate({ keys: ['a'] })
    await there.cache.invalidate({ keys: ['b'] })
    await ask('XTRIM', `hf:{${namespace}}:log`, 'MAXLEN', 1)
    here.clock.advance(BOUND_MS + 1)
    expect(await here.cache.getOrSet('a', () => 'new')).toBe('new')
    expect(here.told).toContainEqual({ type: 'log-state', state: 'unready', why: 'gap' })
  })
})

describe('H5 a tombstone or mark that is retired too soon', () => {
  it('is retired by a fold only, which stands for it: a load of before that lands after it is current nowhere', async () => {
    const namespace = uniqueNamespace()
    const writer = await logOf(namespace)
    const here = await opened(namespace)
    const { loader, calls } = held<string>()
    const loading = here.cache.getOrSet('a:b', loader)
    await expect.poll(() => calls.length).toBe(1)
    await writer.log.invalidate(['g:*:b'], {})
    // Past the most that are kept, the older half of the globs is folded.
    for (let count = 0; count < 70; count += 1) await writer.log.invalidate([`g:*:${count}`], {})
    expect(await writer.log.fold()).toBe(true)
    expect(await ask('HEXISTS', `hf:{${namespace}}:head`, 'g:*:b'), 'the tombstone is gone').toBe(0)
    calls[0]?.('old')
    await loading
    await expect.poll(() => here.told.some((event) => event.type === 'fill')).toBe(true)
    const late = await opened(namespace)
    expect(await late.cache.getOrSet('a:b', () => 'new'), 'a process that never saw the tombstone').toBe('new')
    here.clock.advance(BOUND_MS + 1)
    expect(await here.cache.getOrSet('a:b', () => 'newer')).toBe('new')
  })

  it('is retired by no clock: a load of any age is told from a mark of any age', async () => {
    const clock = fakeClock(Date.now())
    const namespace = uniqueNamespace()
    const here = await logOf(namespace, { clock })
    const stamp = here.log.stamp()
    await here.log.invalidate(['g:*:b', 't:t', 'p:c:'], {})
    clock.advance(400 * 24 * 3_600_000)
    await here.log.hear()
    expect(here.log.judge({ key: 'a:b', tags: [], stamp })).toBe('invalidated')
    expect(here.log.judge({ key: 'x', tags: ['t'], stamp })).toBe('invalidated')
    expect(here.log.judge({ key: 'c:d', tags: [], stamp })).toBe('invalidated')
    expect(await ask('TTL', `hf:{${namespace}}:head`), 'nothing of the log has a TTL').toBe(-1)
    expect(await ask('TTL', `hf:{${namespace}}:log`)).toBe(-1)
  })
})

describe('H8 keys of the log that are lost apart', () => {
  it.each([
    ['the head', ['head']],
    ['the stream', ['log']],
    ['both', ['head', 'log']],
  ] as const)('does not hide an invalidation when %s is gone, from old processes or new ones', async (_what, lost) => {
    const { here, there, namespace } = await pair()
    await bothHold(here, there)
    await there.cache.invalidate({ keys: ['a'] })
    await ask('DEL', ...lost.map((name) => `hf:{${namespace}}:${name}`))
    const late = await opened(namespace)
    expect(await late.cache.get('a')).toBeUndefined()
    here.clock.advance(BOUND_MS + 1)
    expect(await here.cache.get('a')).toBeUndefined()
    expect(await here.cache.getOrSet('a', () => 'new')).toBe('new')
  })
})

describe('H9 a suspended machine: its monotonic clock stood still', () => {
  it('asks the log before it serves from memory again', async () => {
    const { here, there } = await pair()
    await bothHold(here, there)
    await there.cache.invalidate({ keys: ['a'] })
    expect(await here.cache.get('a'), 'within the bound').toBe('old')
    here.clock.suspend(600_000)
    expect(await here.cache.get('a')).toBeUndefined()
  })

  it('asks it too when the wall clock was set back meanwhile', async () => {
    const { here, there } = await pair()
    await bothHold(here, there)
    await there.cache.invalidate({ keys: ['a'] })
    here.clock.advance(BOUND_MS + 1)
    here.clock.setWall(here.clock.wallMs() - 3_600_000)
    expect(await here.cache.get('a')).toBeUndefined()
  })
})

describe('H10 races between the scan of the head and the log', () => {
  it('loses no invalidation that comes between the first answer and the second of a start', async () => {
    const namespace = uniqueNamespace()
    const there = await opened(namespace)
    await there.cache.set('a', 'old')
    let answers = 0
    const between = (): Promise<unknown> | undefined => {
      answers += 1
      return answers === 1 ? there.cache.invalidate({ keys: ['a'] }) : undefined
    }
    const here = await opened(namespace, { after: between })
    expect(await here.cache.get('a')).toBeUndefined()
  })

  it('does not forget an own mark that is newer than the scan', async () => {
    const namespace = uniqueNamespace()
    let during: (() => Promise<unknown>) | undefined
    const hold = holdOnce('log.beat')
    let hasScanned = false
    const here = await opened(namespace, {
      after(command) {
        if (command !== 'log.scan' || !during) return undefined
        const work = during
        during = undefined
        hasScanned = true
        return work()
      },
      before: (command) => (hasScanned ? hold.hook(command) : undefined),
    })
    const there = await opened(namespace)
    await here.cache.getOrSet('a', () => 'old')
    await there.cache.invalidate({ keys: ['b'] })
    await there.cache.invalidate({ keys: ['c'] })
    await ask('XTRIM', `hf:{${namespace}}:log`, 'MAXLEN', 1)
    during = () => here.cache.invalidate({ keys: ['a'] })
    // Its heartbeat finds the gap, and the one that follows the scan is held: nothing but the own mark can tell yet.
    here.clock.advance(BOUND_MS / 4)
    await hold.reached
    const reading = here.cache.get('a')
    hold.release()
    expect(await reading).toBeUndefined()
  })

  it('loses no mark that a fold removes while it scans', async () => {
    const namespace = uniqueNamespace()
    const there = await opened(namespace)
    const marked = Array.from({ length: 20 }, (_, index) => String(index * 200))
    await Promise.all(marked.map((tag) => there.cache.set(`of:${tag}`, 'old', { tags: [tag] })))
    const writer = await logOf(namespace, { maxMarks: 3000 })
    const names = Array.from({ length: 4000 }, (_, index) => `t:${index}` as const)
    for (let at = 0; at < names.length; at += 500) await writer.log.invalidate(names.slice(at, at + 500), {})
    // A scan gives fields in any order: here its own come first, and the marks after the fold has removed them.
    const scanned = async (redis: Redis, key: string, isWanted: (field: string) => boolean) => {
      const fields: HashPage['fields'][] = []
      for await (const page of pagesOf(redis, key)) fields.push(page)
      return fields.flatMap((page) => page.filter(([field]) => isWanted(field))).flat()
    }
    const folds: boolean[] = []
    const { cache } = await opened(namespace, {
      instead: (redis) => ({
        async run(script, keys, args) {
          const reply = await redis.run(script, keys, args)
          if (script.name !== 'log.scan') return reply
          const [epoch = ''] = reply as readonly string[]
          const key = keys[0] ?? ''
          if (args[3] !== '0') return [epoch, '0', await scanned(redis, key, (field) => !field.startsWith('@'))]
          const own = await scanned(redis, key, (field) => field.startsWith('@'))
          folds.push(await writer.log.fold())
          return [epoch, 'marks', own]
        },
      }),
    })
    expect(folds).toEqual([true])
    expect(await ask('HEXISTS', `hf:{${namespace}}:head`, 't:0'), 'the fold removed it').toBe(0)
    expect((await cache.getMany(marked.map((tag) => `of:${tag}`))).size).toBe(0)
  })
})

describe('H11 an early answer by what is applied: a process must see its own invalidation at once', () => {
  it('though the log has not brought it yet', async () => {
    const { here, there } = await pair()
    await bothHold(here, there)
    expect(await there.cache.invalidate({ keys: ['a'] })).toMatchObject({ acknowledged: true })
    expect(await there.cache.get('a')).toBeUndefined()
    expect(await there.cache.getOrSet('a', () => 'new')).toBe('new')
  })
})

describe('H17 a lease that is never granted under steady writes', () => {
  it('is granted by one heartbeat although a record is appended during each answer', async () => {
    const namespace = uniqueNamespace()
    const writer = await logOf(namespace)
    let busy = false
    const here = await opened(namespace, {
      after: (command) => (busy && command === 'log.beat' ? writer.log.invalidate(['k:other'], {}) : undefined),
    })
    await here.cache.set('a', 'calm')
    busy = true
    here.clock.advance(BOUND_MS + 1)
    expect(here.cache.health().state).toBe('degraded')
    expect(await here.cache.get('a')).toBe('calm')
    expect(here.cache.health().state).toBe('ok')
  })
})

describe('H20 an event loop that stalled: a lapsed lease costs one round trip, not a load', () => {
  it('serves a hundred keys from memory after one heartbeat', async () => {
    const commands: string[] = []
    const here = await opened(uniqueNamespace(), { before: (command) => void commands.push(command) })
    const keys = Array.from({ length: 100 }, (_, index) => `k${index}`)
    await Promise.all(keys.map((key) => here.cache.set(key, key)))
    here.clock.advance(10 * BOUND_MS)
    commands.length = 0
    const read = (key: string) => here.cache.getOrSet(key, () => 'loaded')
    expect(await Promise.all(keys.map(read))).toEqual(keys)
    expect(commands.filter((command) => command === 'log.beat')).toHaveLength(1)
    expect(new Set(commands)).toEqual(new Set(['log.beat', 'get']))
  })
})
