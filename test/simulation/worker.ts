/*
 * A worker of the simulation: runs a stretch of seeds, tells each violating one and sums the rest up. Started by
 * simulate.ts; talks to it in lines of JSON on standard output.
 */
import { run } from './world/run.ts'
import { isStorm, STORMS } from './world/storms.ts'
import { addTo, emptySums } from './sums.ts'

const [first = 0, count = 0, step = 1, stopAfter = 0] = process.argv.slice(2, 6).map(Number)
const storm = process.argv[6] ?? ''
const bent = isStorm(storm) ? { plan: STORMS[storm] } : {}

// Errors are made by the thousand here, and nobody reads where.
Error.stackTraceLimit = 0

// A promise of the engine that nobody handles ends the process in production; here it counts against its seed.
const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => unhandled.push(reason))

let sums = emptySums()
for (let index = 0; index < count && (stopAfter === 0 || sums.violating.length < stopAfter); index += 1) {
  const seed = first + index * step
  const result = await run(seed, bent)
  // Node.js tells of unhandled rejections once nothing else is to be done in the turn.
  await new Promise((resolve) => setImmediate(resolve))
  sums = addTo(sums, result, unhandled.splice(0).map(String))
  if (index % 50 === 49) tell({ type: 'progress', seeds: 50 })
}
tell({ type: 'sums', sums })

function tell(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
