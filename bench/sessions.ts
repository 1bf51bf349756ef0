/**
 * Sessions beside express-session, @fastify/session and iron-session: the same route and the same 1 KB in a session, 50
 * connections in a closed loop, each server in a process of its own and all in turns within one run. Ours are sealed, theirs
 * are plain text in Redis (iron-session has none). Prints requests per second, processor time and commands of Redis for each
 * request, the ratios with their 95 % intervals and the criteria; writes results/sessions.json; exits with 1 on a miss.
 *
 * Rounds are short and many: what disturbs the machine for seconds falls on both sides of a ratio, and an interval of the
 * median needs samples more than it needs long ones. The ratios of processor time are no criteria; they say whether it was
 * the servers that decided the others, since whoever waits for a processor costs nothing meanwhile.
 *
 *     npm run bench:sessions -- --rounds 32 --seconds 0.5
 */
import { parseArgs } from 'node:util'

import { privateRedis } from 'holdfast/testing'
import { Redis as Client } from 'ioredis'

import { contenders } from './sessions/contenders.mjs'
import { startServer, type Measured, type Server, type Workload } from './sessions/load.mjs'
import { machineFacts } from './support/machine.ts'
import { keepResult, print } from './support/result.ts'
import { median, pairedRatio, type Estimate } from './support/statistics.ts'

// Its parts are JavaScript: the peers' types, some of which exclude each other, are installed with the peers alone.
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '32' }, seconds: { type: 'string', default: '0.5' } },
})
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
const WORKLOADS: readonly Workload[] = ['reads', 'one write in ten']
const names = Object.keys(contenders)

interface Row {
  readonly workload: Workload
  readonly name: string
  readonly perSecond: number
  readonly cpuUs: number
  readonly p99Ms: number
  readonly commands: number
}

interface Criterion {
  readonly workload: Workload
  readonly ours: string
  readonly theirs: string
  readonly floor: number
  readonly ratio: Estimate
  /** Theirs over ours. */
  readonly cpuRatio: Estimate
  readonly held: boolean
}

const FLOORS: readonly (readonly [ours: string, theirs: string, floor: number])[] = [
  ['holdfast on Fastify', '@fastify/session, defaults', 1.5],
  ['holdfast on Fastify', '@fastify/session, tuned', 1.2],
  ['holdfast on Express', 'express-session, defaults', 1.5],
  ['holdfast on Express', 'express-session, as its README', 1.5],
  ['holdfast on Express', 'express-session, tuned', 1.2],
]

const machine = machineFacts()
const redis = await privateRedis({ maxMemory: '256mb' })
const client = new Client({ host: '127.0.0.1', port: redis.port })
const servers: Server[] = []
for (const name of names) servers.push(await startServer(name, redis.url))

const rows: Row[] = []
const criteria: Criterion[] = []
for (const workload of WORKLOADS) {
  const series = new Map<string, Measured[]>(names.map((name) => [name, []]))
  const commands = new Map<string, number[]>(names.map((name) => [name, []]))
  for (const server of servers) await server.measure(workload, 1)
  for (let round = 0; round < rounds; round += 1) {
    for (const server of inTurn(round)) {
      const before = await commandsOf(client)
      const measured = await server.measure(workload, seconds)
      const asked = (await commandsOf(client)) - before
      series.get(server.name)?.push(measured)
      commands.get(server.name)?.push(asked / measured.requests)
    }
  }
  print(`\n${workload}: ${rounds} rounds of ${seconds} s, 50 connections`)
  for (const name of names) {
    const found = series.get(name) ?? []
    const row = {
      workload,
      name,
      perSecond: Math.round(median(found.map(({ perSecond }) => perSecond))),
      cpuUs: Math.round(median(found.map(({ cpuUs }) => cpuUs))),
      p99Ms: median(found.map(({ p99Ms }) => p99Ms)),
      commands: Math.round(100 * median(commands.get(name) ?? [])) / 100,
    }
    rows.push(row)
    print(
      `  ${name.padEnd(32)} ${String(row.perSecond).padStart(7)} requests/s  ${String(row.cpuUs).padStart(5)} µs  p99 ${row.p99Ms.toFixed(0).padStart(3)} ms  ${row.commands.toFixed(2)} commands`,
    )
  }
  for (const [ours, theirs, floor] of FLOORS) {
    const [mine, others] = [series.get(ours) ?? [], series.get(theirs) ?? []]
    const ratio = pairedRatio(mine.map(perSecondOf), others.map(perSecondOf))
    const cpuRatio = pairedRatio(others.map(cpuUsOf), mine.map(cpuUsOf))
    criteria.push({ workload, ours, theirs, floor, ratio, cpuRatio, held: ratio.median >= floor })
  }
}

print('')
for (const { workload, ours, theirs, floor, ratio, cpuRatio, held } of criteria) {
  print(
    `${held ? 'held  ' : 'MISSED'} ${ours} ÷ ${theirs} (${workload}): ${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}), at least ${floor}; by processor time ${cpuRatio.median.toFixed(2)} (${cpuRatio.low.toFixed(2)}–${cpuRatio.high.toFixed(2)})`,
  )
}
await keepResult('sessions', { machine, rounds, seconds, rows, criteria })
for (const server of servers) await server.stop()
client.disconnect()
await redis.stop()
process.exit(criteria.every(({ held }) => held) ? 0 : 1)

/**
 * By turns from another one on, and every other round backwards: whoever always runs after the same neighbour inherits its
 * disturbances. Those that are compared stay beside each other.
 */
function inTurn(round: number): readonly Server[] {
  const turned = servers.map((_, index) => servers[(index + round) % servers.length]).filter((server) => !!server)
  return round % 2 === 0 ? turned : turned.reverse()
}

function perSecondOf({ perSecond }: Measured): number {
  return perSecond
}

function cpuUsOf({ cpuUs }: Measured): number {
  return cpuUs
}

/** Commands of callers that Redis has executed; INFO is the benchmark's own. */
async function commandsOf(asked: Client): Promise<number> {
  const text = await asked.info('commandstats')
  let sum = 0
  for (const [, name, calls] of text.matchAll(/^cmdstat_(\S+):calls=(\d+)/gm)) if (name !== 'info') sum += Number(calls)
  return sum
}
