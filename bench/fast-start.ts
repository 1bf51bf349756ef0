/**
 * How long a process that starts takes to its first hit, by how many invalidations the log remembers: it reads them all
 * before it trusts anything stored. Prints the median of several starts, and exits with 1 when 100 000 take a second.
 *
 *     node bench/run.ts fast-start
 */
import { createCache, createRedis } from 'holdfast'
import { privateRedis } from 'holdfast/testing'

const MARKS = [0, 1000, 10_000, 100_000]
const STARTS = 5
const LIMIT_MS = 1000
const AT_ONCE = 1000
const print = (line: string): void => void process.stdout.write(`${line}\n`)

await using server = await privateRedis()
const redis = createRedis({ url: server.url, readTimeout: '5s' })
const cache = createCache({ redis, namespace: 'fast-start', sweep: false })
let marks = 0
let last = 0
for (const upTo of MARKS) {
  for (; marks < upTo; marks += AT_ONCE) {
    await cache.invalidate({ tags: Array.from({ length: AT_ONCE }, (_, index) => `tag-${marks + index}`) })
  }
  await cache.set('entry', 'value')
  const starts: Start[] = []
  for (let start = 0; start < STARTS; start += 1) starts.push(await firstHit())
  last = median(starts.map(({ tookMs }) => tookMs))
  const processorMs = median(starts.map((start) => start.processorMs))
  print(
    `${String(upTo).padStart(7)} marks: first hit after ${last.toFixed(0)} ms, of which ${processorMs.toFixed(0)} ms of processor time`,
  )
}
await cache.close()
await redis.close()
process.exitCode = last < LIMIT_MS ? 0 : 1

interface Start {
  readonly tookMs: number
  /** Of this process alone; the rest is Redis's, and whoever else uses the machine. */
  readonly processorMs: number
}

async function firstHit(): Promise<Start> {
  const began = performance.now()
  const usedBefore = process.cpuUsage()
  const other = createRedis({ url: server.url, readTimeout: '5s' })
  const starting = createCache({ redis: other, namespace: 'fast-start', sweep: false })
  const value = await starting.get('entry')
  const tookMs = performance.now() - began
  const used = process.cpuUsage(usedBefore)
  if (value !== 'value') throw new Error(`The first read gave ${String(value)}`)
  await starting.close()
  await other.close()
  return { tookMs, processorMs: (used.user + used.system) / 1000 }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? Number.NaN
}
