/**
 * A process with a cache of its own, driven by a test through messages. Its loaders ask the test for the value, so the test
 * decides what the source holds and how long a load takes. Moments are CLOCK_MONOTONIC, which all processes of a machine share.
 */
import { Redis as Client } from 'ioredis'

import { createCache, createRedis } from '../../src/index.ts'

export type WorkerRequest =
  | { readonly id: number; readonly op: 'read'; readonly key: string; readonly tags: readonly string[] }
  /** Many callers at once; answers the distinct values and errors that they got. */
  | { readonly id: number; readonly op: 'burst'; readonly key: string; readonly callers: number }
  | { readonly id: number; readonly op: 'naive-read' | 'naive-invalidate'; readonly key: string }
  | {
      readonly id: number
      readonly op: 'invalidate'
      readonly keys?: string[]
      readonly tags?: string[]
      readonly pattern?: string
    }
  | { readonly id: number; readonly op: 'loaded'; readonly value: number | 'failure' }

export type WorkerReply =
  | {
      readonly id: number
      readonly op: 'ready' | 'done'
      readonly value?: unknown
      readonly error?: string
      readonly beganMs: number
      readonly endedMs: number
    }
  | { readonly id: number; readonly op: 'load'; readonly key: string }

const [url = '', namespace = '', boundMs = '0'] = process.argv.slice(2)
const redis = createRedis({ url, readTimeout: '5s' })
const cache = createCache({ redis, namespace, bound: Number(boundMs) })
const plain = new Client(url)
const loads = new Map<number, PromiseWithResolvers<number>>()
let lastLoad = 0

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6
const send = (reply: WorkerReply): void => void process.send?.(reply)
const load = (key: string): Promise<number> => {
  lastLoad += 1
  const asked = Promise.withResolvers<number>()
  loads.set(lastLoad, asked)
  send({ id: lastLoad, op: 'load', key })
  return asked.promise
}

async function burst(key: string, callers: number): Promise<string[]> {
  const settled = await Promise.allSettled(Array.from({ length: callers }, () => cache.getOrSet(key, () => load(key))))
  return [...new Set(settled.map((one) => (one.status === 'fulfilled' ? String(one.value) : String(one.reason))))]
}

// Cache-aside as it is usually written, for the control: read, load, write with a TTL; delete on invalidation.
async function naiveRead(key: string): Promise<number> {
  const found = await plain.get(`naive:${namespace}:${key}`)
  if (found !== null) return Number(found)
  const value = await load(key)
  await plain.setex(`naive:${namespace}:${key}`, 3600, value)
  return value
}

async function answer(request: Exclude<WorkerRequest, { op: 'loaded' }>): Promise<unknown> {
  switch (request.op) {
    case 'read':
      return cache.getOrSet(request.key, () => load(request.key), { tags: request.tags })
    case 'invalidate': {
      const { id: _id, op: _op, ...targets } = request
      return cache.invalidate(targets)
    }
    case 'burst':
      return burst(request.key, request.callers)
    case 'naive-read':
      return naiveRead(request.key)
    case 'naive-invalidate':
      return plain.del(`naive:${namespace}:${request.key}`)
  }
}

process.on('message', (request: WorkerRequest) => {
  if (request.op === 'loaded') {
    if (request.value === 'failure') loads.get(request.id)?.reject(new Error('the source failed'))
    else loads.get(request.id)?.resolve(request.value)
    loads.delete(request.id)
    return
  }
  const beganMs = nowMs()
  answer(request).then(
    (value) => send({ id: request.id, op: 'done', value, beganMs, endedMs: nowMs() }),
    (error: unknown) => send({ id: request.id, op: 'done', error: String(error), beganMs, endedMs: nowMs() }),
  )
})
process.on('disconnect', () => process.exit(0))

await redis.ready()
send({ id: 0, op: 'ready', beganMs: 0, endedMs: 0 })
