/**
 * Connects to one server and disconnects 10 000 times, and prints what is left: sockets, timers and listeners of this
 * process, and clients of the server. Exits with 1 when something is.
 *
 *     node bench/run.ts redis-leaks [cycles]
 */
import { setTimeout as wait } from 'node:timers/promises'

import { privateRedis } from 'holdfast/testing'

import { connectCycles, leaked, leftovers, type Leftovers } from '../test/support/connect-cycles.ts'
import { redisAdmin } from '../test/support/redis-admin.ts'

const cycles = Number(process.argv[2] ?? 10_000)
const STEPS = 10
const SETTLE_MS = 3000
const print = (line: string): void => void process.stdout.write(`${line}\n`)

await using server = await privateRedis()
const admin = redisAdmin(server.port)
// What is made once: code, buffers, the connection that asks, the pipe that is printed to.
await connectCycles({ url: server.url }, 100)
await admin.call('PING')
print(`${'cycles'.padStart(7)}  ${'seconds'.padStart(7)}  heap MiB  left behind`)
const before = await settled()
print(line(0, 0, before))

const began = performance.now()
let after = before
for (let step = 1; step <= STEPS; step += 1) {
  await connectCycles({ url: server.url }, Math.ceil(cycles / STEPS))
  after = await settled()
  print(line(step * Math.ceil(cycles / STEPS), (performance.now() - began) / 1000, after))
}
admin.close()
const more = leaked(before, after)
print(more.length === 0 ? 'nothing was left behind' : `left behind: ${more.join(', ')}`)
process.exitCode = more.length === 0 ? 0 : 1

// A timer that is meant to end by itself has ended by then.
async function settled(): Promise<Leftovers> {
  await wait(SETTLE_MS)
  return leftovers(admin)
}

function line(done: number, seconds: number, left: Leftovers): string {
  const heapMiB = Math.round(process.memoryUsage().heapUsed / 2 ** 20)
  const columns = [String(done).padStart(7), seconds.toFixed(1).padStart(7), String(heapMiB).padStart(8)]
  return [...columns, JSON.stringify(left)].join('  ')
}
