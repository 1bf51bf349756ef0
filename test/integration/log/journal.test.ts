import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, createRedis } from '../../../src/index.ts'
import type { JournalReply, JournalRequest } from '../../support/journal-worker.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'
import { createTcpProxy } from '../../support/tcp-proxy.ts'

const server = testRedis()

/** A namespace that holds `a`, behind a network that can be taken away while Redis itself stays as it is. */
async function scene() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const proxy = await createTcpProxy({ target: server })
  onTestFinished(() => proxy.close())
  const namespace = uniqueNamespace()
  const redis = createRedis({ url: server.url })
  const cache = createCache({ redis, namespace })
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  await cache.set('a', 'old')
  const admin = redisAdmin(server.port)
  onTestFinished(() => admin.close())
  return {
    proxy,
    namespace,
    path: join(folder, 'journal'),
    /** Ids of the records in the log. */
    records: async (): Promise<string> => JSON.stringify(await admin.call('XRANGE', `hf:{${namespace}}:log`, '-', '+')),
    cutOff: (): void => {
      proxy.refuse()
      proxy.dropAll()
    },
  }
}

async function start(url: string, namespace: string, journal: string) {
  const worker = fileURLToPath(new URL('../../support/journal-worker.ts', import.meta.url))
  const child = fork(worker, [url, namespace, journal])
  onTestFinished(() => void child.kill('SIGKILL'))
  const next = async (): Promise<JournalReply> => ((await once(child, 'message')) as [JournalReply])[0]
  const first = await next()
  return {
    first,
    ask: async (request: JournalRequest): Promise<JournalReply> => {
      child.send(request)
      return next()
    },
    kill: async (): Promise<void> => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

/** Reads until Redis was asked: what that read gave, and the log at that moment. */
async function firstReadFromRedis({ ask }: Awaited<ReturnType<typeof start>>, records: () => Promise<string>) {
  for (;;) {
    const reply = await ask({ op: 'read', key: 'a' })
    if (reply.op === 'read' && reply.result !== 'bypass') return { ...reply, log: await records() }
  }
}

describe('an invalidation that was queued by a process that was killed', () => {
  it('is in the log before the next process on its journal reads anything from Redis', async () => {
    const { proxy, namespace, path, records, cutOff } = await scene()
    const one = await start(proxy.url, namespace, path)
    expect(await firstReadFromRedis(one, records)).toMatchObject({ value: 'old', result: 'hit' })
    cutOff()
    const told = await one.ask({ op: 'invalidate', key: 'a' })
    expect(told).toMatchObject({ op: 'invalidated', acknowledged: false, queued: true })
    await one.kill()
    expect(await records()).not.toContain(told.op === 'invalidated' ? told.id : '')

    const two = await start(proxy.url, namespace, path)
    expect(await two.ask({ op: 'read', key: 'a' })).toMatchObject({ value: 'undefined', result: 'bypass' })
    await proxy.accept()
    const read = await firstReadFromRedis(two, records)
    expect(read).toMatchObject({ value: 'undefined', result: 'miss' })
    expect(read.log).toContain(told.op === 'invalidated' ? told.id : 'missing')
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe(''))
  })

  it('is lost without a journal', async () => {
    const { proxy, namespace, records, cutOff } = await scene()
    const one = await start(proxy.url, namespace, '')
    await firstReadFromRedis(one, records)
    cutOff()
    expect(await one.ask({ op: 'invalidate', key: 'a' })).toMatchObject({ queued: true })
    await one.kill()
    await proxy.accept()
    const two = await start(proxy.url, namespace, '')
    expect(await firstReadFromRedis(two, records)).toMatchObject({ value: 'old', result: 'hit' })
  })
})

describe('a journal', () => {
  it('empties when what is queued was acknowledged', async () => {
    const { proxy, namespace, path, records, cutOff } = await scene()
    const one = await start(proxy.url, namespace, path)
    await firstReadFromRedis(one, records)
    cutOff()
    for (const key of ['a', 'b', 'c']) await one.ask({ op: 'invalidate', key })
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(4)
    await proxy.accept()
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe(''), { timeout: 10_000 })
    expect((await records()).match(/k:[abc]/g)?.sort()).toEqual(expect.arrayContaining(['k:a', 'k:b', 'k:c']))
  })

  it('is refused to a second process while the first one runs, and not after it was killed', async () => {
    const { proxy, namespace, path } = await scene()
    const one = await start(proxy.url, namespace, path)
    expect((await start(proxy.url, namespace, path)).first).toEqual({ op: 'refused', code: 'ERR_HOLDFAST_CONFIG' })
    await one.kill()
    expect((await start(proxy.url, namespace, path)).first).toEqual({ op: 'ready' })
  })

  it('needs a folder and a Redis', () => {
    const redis = createRedis({ url: server.url })
    onTestFinished(() => redis.close())
    const namespace = uniqueNamespace()
    const refused = (journal: string, on: typeof redis | null) => () => createCache({ redis: on, namespace, journal })
    expect(refused('/nowhere/at/all', redis)).toThrow(/journal: the folder \/nowhere\/at cannot be written/)
    expect(refused('/tmp/journal', null)).toThrow(/redis is null/)
    expect(refused('', redis)).toThrow(/journal is empty/)
  })
})
