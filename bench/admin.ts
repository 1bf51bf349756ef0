/**
 * The admin API on 1 000 000 keys: how long a page of the key browser takes, the overview, a dry run and the doctor, whether
 * Redis stays responsive meanwhile, and what fifty open dashboards cost. On a server of its own; prints a table and its
 * criteria, writes results/admin.json, and exits with 1 when a criterion is missed.
 */
import { setTimeout as wait } from 'node:timers/promises'

import { createCache, createRedis } from 'holdfast'
import { createAdmin } from 'holdfast/admin'
import { privateRedis } from 'holdfast/testing'

import { redisAdmin } from '../test/support/redis-admin.ts'
import { allEntries, NAMESPACE } from './invalidation/keys.ts'
import {
  criterionRow,
  distribution,
  distributionRow,
  type Criterion,
  type Distribution,
} from './invalidation/report.ts'
import { commandCounts, noteStalls, takeStalls } from './invalidation/server-view.ts'
import { fillEntries } from './parts/entries.ts'
import { machineFacts } from './support/machine.ts'
import { keepResult, print } from './support/result.ts'

const TIMES = 40
const PAGE_LIMIT_MS = 500
const OVERVIEW_LIMIT_MS = 200
const STALL_LIMIT_MS = 5
const DASHBOARDS = 50
const LIVE_MS = 10_000
const PLAIN_GETS_MS = 10_000

const machine = machineFacts()
await using server = await privateRedis({ maxMemory: '2gb', onProgress: print })
const monitor = redisAdmin(server.port, { timeoutMs: 30_000 })
const redis = createRedis({ url: server.url })
const cache = createCache({ redis, namespace: NAMESPACE, sweep: false })
await cache.set('model', 'written by the cache')
const filled = await fillEntries({ port: server.port, namespace: NAMESPACE, alike: 'model' }, allEntries())
print(`${filled} entries, ${(Number((await monitor.info('memory')).get('used_memory')) / 2 ** 20).toFixed(0)} MiB\n`)
const admin = createAdmin({
  cache,
  redis,
  environment: { label: 'bench', color: '#777777' },
  authorize: () => ({ user: 'bench', role: 'admin' }),
})
await noteStalls(monitor)
// What filling it took is not this benchmark's matter.
await takeStalls(monitor)

// What the machine does to commands that cost next to nothing.
for (const end = performance.now() + PLAIN_GETS_MS; performance.now() < end;) {
  await Promise.all(Array.from({ length: 50 }, async () => monitor.call('GET', 'nothing')))
}
const { worstCommandMs: plainWorstMs } = await takeStalls(monitor)

let cursor = ''
const figures: Record<string, Distribution> = {
  'a page of the key browser': await timed(TIMES, async () => {
    const page = await get(`api/keys?limit=100${cursor && `&cursor=${cursor}`}`)
    cursor = typeof page['cursor'] === 'string' ? page['cursor'] : ''
  }),
  'a page for a pattern that matches few': await timed(TIMES, async () => get('api/keys?pattern=*item-77777*')),
  'a page for a family': await timed(TIMES, async () => get('api/keys?family=group-42')),
  'the overview': await timed(TIMES, async () => get('api/overview')),
  'the doctor': await timed(5, async () => get('api/doctor')),
  'a dry run of a family': await timed(3, async () => dryRun({ family: 'group-42' })),
  'a dry run of a tag': await timed(3, async () => dryRun({ tags: ['tag-42'] })),
}
const { worstCommandMs, slow } = await takeStalls(monitor)
const commands = await commandCounts(monitor)
const live = await openDashboards()
await admin.close()
await cache.close()
await redis.close()
monitor.close()

for (const [what, distributed] of Object.entries(figures)) print(distributionRow(what, distributed))
print(`\n${DASHBOARDS} dashboards: ${live.samples} samples and ${live.frames} frames in ${LIVE_MS / 1000} s`)
print(`Redis' commands of 1 ms or more: ${JSON.stringify(slow)}\n`)
const worstPageMs = Math.max(
  ...Object.entries(figures).flatMap(([what, { max }]) => (what.startsWith('a page') ? [max] : [])),
)
const unwanted = ['keys', 'flushall', 'flushdb'].filter((command) => commands.has(command))
const criteria: readonly Criterion[] = [
  {
    what: 'the slowest page of the key browser',
    figure: `${worstPageMs} ms`,
    limit: `at most ${PAGE_LIMIT_MS} ms`,
    held: worstPageMs <= PAGE_LIMIT_MS,
  },
  {
    what: 'the slowest overview',
    figure: `${figures['the overview']?.max} ms`,
    limit: `at most ${OVERVIEW_LIMIT_MS} ms`,
    held: (figures['the overview']?.max ?? Number.NaN) <= OVERVIEW_LIMIT_MS,
  },
  {
    what: "Redis' longest command",
    figure: `${worstCommandMs} ms`,
    limit: `at most ${STALL_LIMIT_MS} ms (of plain GETs: ${plainWorstMs} ms)`,
    held: worstCommandMs <= STALL_LIMIT_MS,
  },
  {
    what: 'KEYS and FLUSH that were sent',
    figure: String(unwanted.length),
    limit: 'none',
    held: unwanted.length === 0,
  },
  {
    what: 'samples made for all dashboards together, a second',
    figure: (live.samples / (LIVE_MS / 1000)).toFixed(1),
    limit: 'at most 1.5',
    held: live.samples <= (1.5 * LIVE_MS) / 1000,
  },
]
for (const criterion of criteria) print(criterionRow(criterion))
print(`\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load before ${machine.loadBefore}`)
await keepResult('admin', { machine, keys: filled, figures, slow, live, criteria })
process.exitCode = criteria.every(({ held }) => held) ? 0 : 1

async function timed(times: number, work: () => Promise<unknown>): Promise<Distribution> {
  const tookMs: number[] = []
  for (let time = 0; time < times; time += 1) {
    const beganMs = performance.now()
    await work()
    tookMs.push(performance.now() - beganMs)
  }
  return distribution(tookMs)
}

async function get(path: string): Promise<Readonly<Record<string, unknown>>> {
  return answered(await admin.fetch(new Request(`http://localhost/${path}`)))
}

async function dryRun(targets: object): Promise<Readonly<Record<string, unknown>>> {
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
  const body = JSON.stringify({ ...targets, dryRun: true })
  return answered(await admin.fetch(new Request('http://localhost/api/invalidate', { method: 'POST', headers, body })))
}

async function answered(response: Response): Promise<Readonly<Record<string, unknown>>> {
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as Readonly<Record<string, unknown>>
}

/** Reads that many streams for a while. The frames that say a sample are told apart by when they were made. */
async function openDashboards(): Promise<{ readonly samples: number; readonly frames: number }> {
  const made = new Set<string>()
  let frames = 0
  const streams = await Promise.all(
    Array.from({ length: DASHBOARDS }, async () => admin.fetch(new Request('http://localhost/events'))),
  )
  // Each stream is given a sample at once, when it is opened.
  const openedMs = Date.now() + 500
  const readers = streams.flatMap(({ body }) => body?.getReader() ?? [])
  const reading = readers.map(async (reader) => {
    const decoder = new TextDecoder()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      for (const [, atMs = ''] of decoder.decode(value).matchAll(/^event: sample\ndata: \{"atMs":(\d+)/gm)) {
        frames += 1
        if (Number(atMs) > openedMs) made.add(atMs)
      }
    }
  })
  await wait(LIVE_MS)
  await Promise.all(readers.map(async (reader) => reader.cancel()))
  await Promise.all(reading)
  return { samples: made.size, frames }
}
