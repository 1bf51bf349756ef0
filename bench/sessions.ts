/**
 * Sessions beside those that Node services use: the same route, the same data of about 1 KB, a Redis of its own, services
 * and load in processes of their own. All take turns in short rounds of one run, so that what the machine does besides falls
 * on all alike. Prints requests per second, ratios with 95 % intervals and commands per request, writes
 * results/sessions.json, and exits with 1 when a floor is missed.
 */
import { privateRedis } from 'holdfast/testing'
import { Redis as Client } from 'ioredis'

import { commandsSince, perRequest, type PerRequest } from './sessions/commands.ts'
import { Load, serve, type Served } from './sessions/processes.ts'
import { machineFacts } from './support/machine.ts'
import { keepResult, print } from './support/result.ts'
import { median, pairedRatio } from './support/statistics.ts'

const CONNECTIONS = 50
const ROUNDS = Number(process.env['ROUNDS'] ?? 15)
const SECONDS = 1
const DEFAULTS_FLOOR = 1.5
const TUNED_FLOOR = 1.2

const CONTENDERS = {
  'Holdfast on Express': 'express.mjs',
  'express-session, defaults': 'express.mjs',
  'express-session, as documented': 'express.mjs',
  'express-session, tuned': 'express.mjs',
  'Holdfast on Fastify': 'fastify.mjs',
  '@fastify/session, defaults': 'fastify.mjs',
  '@fastify/session, tuned': 'fastify.mjs',
  'iron-session': 'fastify.mjs',
} as const
type Name = keyof typeof CONTENDERS

/** Ours, and who it is compared with on the same framework; without a floor for orientation only. */
const PAIRS: readonly { readonly ours: Name; readonly theirs: Name; readonly floor?: number }[] = [
  { ours: 'Holdfast on Express', theirs: 'express-session, defaults', floor: DEFAULTS_FLOOR },
  { ours: 'Holdfast on Express', theirs: 'express-session, as documented' },
  { ours: 'Holdfast on Express', theirs: 'express-session, tuned', floor: TUNED_FLOOR },
  { ours: 'Holdfast on Fastify', theirs: '@fastify/session, defaults', floor: DEFAULTS_FLOOR },
  { ours: 'Holdfast on Fastify', theirs: '@fastify/session, tuned', floor: TUNED_FLOOR },
  { ours: 'Holdfast on Fastify', theirs: 'iron-session' },
]

const began = performance.now()
const machine = machineFacts()
await using server = await privateRedis()
const client = new Client(server.url)
using load = new Load()
const served: Served[] = []
for (const [name, file] of Object.entries(CONTENDERS)) served.push(await serve(name, file, server.url, CONNECTIONS))

const workloads = []
for (const [workload, writes] of [
  ['reads', false],
  ['one write in ten requests', true],
] as const) {
  const commands: Record<string, PerRequest> = {}
  // Also the warm-up.
  for (const one of served) {
    await client.config('RESETSTAT')
    const { total } = await load.run(one, SECONDS, writes)
    commands[one.name] = perRequest(await commandsSince(client), total)
  }
  const rates = new Map(served.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round < ROUNDS; round += 1) {
    // The order turns, so that nobody always follows the same neighbour.
    const order = served.map((_, at) => served[(at + round) % served.length]).filter((one) => one !== undefined)
    for (const one of order) rates.get(one.name)?.push((await load.run(one, SECONDS, writes)).perSecond)
  }
  print(`\n${workload}`)
  const results = served.map(({ name }) => {
    const samples = rates.get(name) ?? []
    const perSecond = Math.round(median(samples))
    const each = Object.entries(commands[name]?.each ?? {}).map(([command, count]) => `${command} ${count}`)
    print(`${name.padEnd(32)} ${String(perSecond).padStart(6)} requests/s  ${each.join(', ')}`)
    return { name, perSecond, commands: commands[name], samples: samples.map(Math.round) }
  })
  const ratios = PAIRS.map(({ ours, theirs, floor }) => {
    const ratio = pairedRatio(rates.get(ours) ?? [], rates.get(theirs) ?? [])
    const held = floor === undefined || ratio.median >= floor
    const verdict = floor === undefined ? '      ' : held ? 'held  ' : 'MISSED'
    const figures = `${ratio.median.toFixed(2)}× (${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)})`
    print(`${verdict} ${figures} ${theirs}${floor === undefined ? '' : `, at least ${floor}×`}`)
    return { ours, theirs, ratio, ...(floor !== undefined && { floor }), held }
  })
  workloads.push({ workload, results, ratios })
}
for (const one of served) one.stop()
client.disconnect()

const held = workloads.every(({ ratios }) => ratios.every((ratio) => ratio.held))
const seconds = Math.round((performance.now() - began) / 1000)
await keepResult('sessions', { machine, connections: CONNECTIONS, roundSeconds: SECONDS, seconds, workloads, held })
process.exitCode = held ? 0 : 1
