/**
 * The Redis layer beside a bare client: reads per second in a closed loop, all contenders in turns within one run, on
 * servers of its own on loopback. Prints a table and its criteria, writes results/redis.json, and exits with 1 when a
 * criterion is missed. Rates are this machine's; ratios are what can be compared.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { obtainRedis } from 'holdfast/testing'
import { Redis as Client } from 'ioredis'

import { refusalCost } from './redis/breaker.ts'
import { measure, type Cell } from './redis/cells.ts'
import { judge } from './redis/criteria.ts'
import { cellRow, columns, criterionRow } from './redis/report.ts'
import { standalone, withSentinel, type Topology } from './redis/topologies.ts'
import { machineFacts } from './support/machine.ts'

const SIZES_BYTES = [200, 1024, 10_240]
const IN_FLIGHT = [1, 10, 100, 1000]
/** So many that the pool of ten opens further connections. */
const CROWD = 5000

const print = (line: string): void => void process.stdout.write(`${line}\n`)

const began = performance.now()
const machine = machineFacts()
const binary = await obtainRedis({ onProgress: print })
const cells: Cell[] = []
const done = (cell: Cell): void => {
  cells.push(cell)
  print(cellRow(cell))
}

print(columns())
let redisVersion: string
{
  await using topology = await standalone()
  redisVersion = await versionOf(topology)
  await measure(topology, binary, { sizesBytes: SIZES_BYTES, inFlight: IN_FLIGHT }, done)
  await measure(topology, binary, { sizesBytes: [1024], inFlight: [CROWD] }, done)
}
{
  await using topology = await withSentinel(binary)
  await measure(topology, binary, { sizesBytes: [1024], inFlight: [100] }, done)
}
const refusal = await refusalCost()
const criteria = judge(cells, refusal)

print('')
for (const criterion of criteria) print(criterionRow(criterion))
const seconds = Math.round((performance.now() - began) / 1000)
const folder = join(import.meta.dirname, 'results')
await mkdir(folder, { recursive: true })
const report = { machine: { ...machine, redis: redisVersion }, seconds, cells, refusal, criteria }
await writeFile(join(folder, 'redis.json'), `${JSON.stringify(report, null, 2)}\n`)
print(`\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, Redis ${redisVersion}, ${seconds} s`)
process.exitCode = criteria.every(({ held }) => held) ? 0 : 1

async function versionOf({ primary }: Topology): Promise<string> {
  const client = new Client(primary.port, primary.host)
  const [, version = 'unknown'] = /^redis_version:(\S+)/m.exec(await client.info('server')) ?? []
  client.disconnect()
  return version
}
