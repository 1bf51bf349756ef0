/**
 * Invalidating one tag or prefix of 10 000 keys among 1 000 000: what it costs, when every process has noticed, and whether
 * Redis stays responsive meanwhile and while the sweep frees what was invalidated. On a server of its own; prints a table
 * and its criteria, writes results/invalidation.json, and exits with 1 when a criterion is missed.
 *
 * A stall of Redis is what Redis itself notes: the longest command in its slow log. On a busy machine that contains waits
 * for a processor, as the PINGs of another process do: both are to be read beside those of the phase of plain GETs.
 */
import { createCache, createRedis } from 'holdfast'
import { privateRedis } from 'holdfast/testing'
import { setTimeout as wait } from 'node:timers/promises'

import { redisAdmin } from '../test/support/redis-admin.ts'
import { startChild } from './invalidation/child.ts'
import { allEntries, GROUPS, KEYS_PER_GROUP, NAMESPACE, tagOf } from './invalidation/keys.ts'
import type { PingerWord } from './invalidation/pinger.ts'
import {
  criterionRow,
  distribution,
  distributionRow,
  phaseRows,
  type Criterion,
  type PhaseView,
} from './invalidation/report.ts'
import { commandsEach, runRounds } from './invalidation/rounds.ts'
import { noteStalls, takeStalls } from './invalidation/server-view.ts'
import type { SweeperWord } from './invalidation/sweeper.ts'
import { fillEntries } from './parts/entries.ts'
import { machineFacts } from './support/machine.ts'
import { keepResult, print } from './support/result.ts'

const IDLE_MS = 5000
const PLAIN_GETS_MS = 20_000
/** As many as the sweep has under way. */
const GETS_AT_ONCE = 50
const SWEPT_GROUP = 0
const ROUNDS = groups(1, 40)
const COUNTED = groups(41, 40)
const VISIBLE_LIMIT_MS = 10
const STALL_LIMIT_MS = 5

const began = performance.now()
const machine = machineFacts()
await using server = await privateRedis({ maxMemory: '2gb', onProgress: print })
const admin = redisAdmin(server.port, { timeoutMs: 30_000 })
const redis = createRedis({ url: server.url })
// Heartbeats so rare that none falls between the invalidations whose commands are counted.
const cache = createCache({ redis, namespace: NAMESPACE, sweep: false, bound: '10m', heartbeat: '5m' })
await cache.set('model', 'written by the cache')
const filled = await fillEntries({ port: server.port, namespace: NAMESPACE, alike: 'model' }, allEntries())
print(`${filled} entries, ${(Number((await admin.info('memory')).get('used_memory')) / 2 ** 20).toFixed(0)} MiB\n`)
await noteStalls(admin)

const pinger = startChild<PingerWord>('pinger.ts', [String(server.port)])
await pinger.next('ready')
const phases: PhaseView[] = []
await phase('idle', async () => wait(IDLE_MS))
await phase('plain GETs', plainGets)
const swept = await phase('sweep', sweep)
const rounds = await phase('invalidations', async () => runRounds(server.url, cache, ROUNDS))
await pinger.stop()
const commands = await commandsEach(admin, cache, COUNTED)
await cache.close()
await redis.close()
admin.close()

const acknowledgedMs = distribution(rounds.map(({ acknowledgedAfterMs }) => acknowledgedAfterMs))
const visibleMs = distribution(rounds.flatMap(({ goneAfterMs }) => goneAfterMs.map((ms) => Math.max(0, ms))))
const visibleInAllMs = distribution(rounds.map(({ goneAfterMs }) => Math.max(0, ...goneAfterMs)))
const worstOf = (...names: readonly string[]): number =>
  Math.max(...phases.filter(({ phase: name }) => names.includes(name)).map(({ stalls }) => stalls.worstCommandMs))
const worstStallMs = worstOf('sweep', 'invalidations')
const criteria: readonly Criterion[] = [
  {
    what: 'scripts sent for an invalidation',
    figure: String(commands['evalsha']),
    limit: 'exactly 1',
    held: commands['evalsha'] === 1,
  },
  {
    what: 'visible in every process after the acknowledgement, median',
    figure: `${visibleInAllMs.median} ms`,
    limit: `below ${VISIBLE_LIMIT_MS} ms`,
    held: visibleInAllMs.median < VISIBLE_LIMIT_MS,
  },
  {
    what: "Redis' longest command, sweep and invalidations",
    figure: `${worstStallMs} ms`,
    limit: `at most ${STALL_LIMIT_MS} ms (of plain GETs: ${worstOf('plain GETs')} ms)`,
    held: worstStallMs <= STALL_LIMIT_MS,
  },
  {
    what: 'entries that the sweep unlinked',
    figure: String(swept.unlinked),
    limit: `exactly ${KEYS_PER_GROUP}`,
    held: swept.unlinked === KEYS_PER_GROUP,
  },
]

print(
  `\nthe sweep looked at ${swept.scanned} entries, and unlinked ${swept.unlinked}, in ${(swept.durationMs / 1000).toFixed(1)} s`,
)
print(`commands of an invalidation, those of its script included: ${JSON.stringify(commands)}`)
print(distributionRow('an invalidation until it is acknowledged', acknowledgedMs))
print(distributionRow('from there until a process has stopped to serve it', visibleMs))
print(distributionRow('until the last of four processes has', visibleInAllMs))
print('')
for (const criterion of criteria) print(criterionRow(criterion))
const seconds = Math.round((performance.now() - began) / 1000)
print(`\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load before ${machine.loadBefore}, ${seconds} s`)
await keepResult('invalidation', {
  machine,
  seconds,
  keys: { all: filled, each: KEYS_PER_GROUP, rounds: ROUNDS.length },
  commands,
  acknowledgedMs,
  visibleMs,
  visibleInAllMs,
  swept,
  phases,
  criteria,
})
process.exitCode = criteria.every(({ held }) => held) ? 0 : 1

async function phase<T>(name: string, work: () => Promise<T>): Promise<T> {
  await takeStalls(admin)
  pinger.tell({})
  await pinger.next('phase-ended')
  const result = await work()
  pinger.tell({})
  const { latenciesMs } = await pinger.next('phase-ended')
  const view = { phase: name, stalls: await takeStalls(admin), pingMs: distribution(latenciesMs) }
  phases.push(view)
  for (const row of phaseRows(view)) print(row)
  return result
}

/** What the machine does to commands that cost next to nothing. */
async function plainGets(): Promise<void> {
  for (const end = performance.now() + PLAIN_GETS_MS; performance.now() < end;) {
    await Promise.all(Array.from({ length: GETS_AT_ONCE }, async () => admin.call('GET', 'nothing')))
  }
}

async function sweep(): Promise<Extract<SweeperWord, { word: 'swept' }>['swept']> {
  await cache.invalidate({ tags: [tagOf(SWEPT_GROUP)] })
  const sweeper = startChild<SweeperWord>('sweeper.ts', [server.url])
  try {
    return (await sweeper.next('swept')).swept
  } finally {
    await sweeper.stop()
  }
}

function groups(from: number, count: number): readonly number[] {
  if (from + count > GROUPS) throw new RangeError(`There are ${GROUPS} groups`)
  return Array.from({ length: count }, (_, index) => from + index)
}
