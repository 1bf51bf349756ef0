/**
 * `npm run staleness -- --runs 200 --seed 1 [--bound 300] [--duration 1700] [--subject cache-aside]
 * [--topology standalone|sentinel|cluster] [--without CONTROL] [--json FILE]`: looks for a read that breaks the promise.
 * Exits with 1 when it finds one, and prints the seed and what led to it. A control is a protection taken out, by its name in
 * the simulation.
 */
import { parseArgs } from 'node:util'

import { writeFigures } from './figures.ts'
import { TOPOLOGIES } from './ground.ts'
import { startFleet, summary, type RunResult } from './fleet.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    bound: { type: 'string', default: '300' },
    duration: { type: 'string' },
    json: { type: 'string' },
    topology: { type: 'string', default: 'standalone' },
    without: { type: 'string', default: '' },
    subject: { type: 'string', default: 'holdfast' },
  },
})
const [runs, firstSeed, boundMs, durationMs] = [values.runs, values.seed, values.bound, values.duration ?? 0].map(
  Number,
)
const subject = values.subject === 'cache-aside' ? 'cache-aside' : 'holdfast'

const topology = TOPOLOGIES.find((name) => name === values.topology)
if (!topology) throw new TypeError(`No such topology: ${values.topology}`)

const print = (line: string): boolean => process.stdout.write(`${line}\n`)
const results: RunResult[] = []
{
  await using fleet = await startFleet(topology, values.without)
  for (let run = 0; run < (runs ?? 0); run += 1) {
    const options = { ...(boundMs && { boundMs }), ...(durationMs && { durationMs }) }
    const result = await fleet.run({ seed: (firstSeed ?? 1) + run, subject, ...options })
    results.push(result)
    const { seed, violations, errors, traces, faults } = result
    if (violations.length === 0 && errors.length === 0) {
      if (results.length % 20 === 0) print(summary(results))
      continue
    }
    print(`seed ${seed}: ${violations.length} violations, ${errors.length} rejected calls`)
    print(faults.map(({ text }) => `  fault: ${text}`).join('\n'))
    for (const line of [...traces, ...new Set(errors)]) print(line)
    process.exitCode = 1
  }
}
print(summary(results))
if (values.json !== undefined) await writeFigures(values.json, { topology, boundMs: boundMs ?? 0, results })
// Not left to the end of the event loop: after hundreds of child processes Node 24 was seen to spin for ever while it tears
// its handles down (node::Environment::CleanupHandles).
process.stdout.write('', () => process.exit())
