/**
 * What FR-PERF-404 promised, measured on the whole service: two instances on one Redis and one database, asked the same mix
 * with the cache on, switched off, and absent; then with something dying under them. Prints one table and exits with 1 when a
 * criterion is missed. A whole run writes results/acceptance.json and the page docs/reference/acceptance.md.
 *
 *     npm run acceptance [-- --quick]
 */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { obtainDocuments } from './acceptance/documents.ts'
import { measureFaults } from './acceptance/faults.ts'
import { measureModes, type LatencyFigures } from './acceptance/modes.ts'
import { measurePairs } from './acceptance/pairs.ts'
import { planOf, type Plan } from './acceptance/plan.ts'
import { plotOf } from './acceptance/plot.ts'
import { readPopulation } from './acceptance/population.ts'
import { startDatabase, startFleet, type Database } from './acceptance/processes.ts'
import { pageOf, tableOf } from './acceptance/report.ts'
import { rowsOf, type Figures } from './acceptance/rows.ts'
import { measureSharing } from './acceptance/sharing.ts'
import { machineFacts } from './support/machine.ts'
import { keepResult, print } from './support/result.ts'

const root = join(import.meta.dirname, '..')
const machine = machineFacts()
const plan = planOf(process.argv.slice(2), process.env['ACCEPTANCE_CALLS'])
const documents = await obtainDocuments(process.env['ACCEPTANCE_DATA'])
const database = await startDatabase(0)
try {
  const population = await fill(database, documents.folder)
  const figures = await measure(plan, { database, population })
  const rows = rowsOf(figures)
  print(`\n${tableOf(rows)}`)
  const facts = { machine, plan, documents: documents.what, documentCount: population.documents.length }
  await keep(plan, { ...facts, rows, figures }, pageOf(rows, facts), plotOf(figures.modes))
  const missed = rows.filter(({ holds }) => holds === false)
  for (const { what, on, criterion } of missed) print(`MISSED: ${what}: ${on} (${criterion})`)
  if (missed.length > 0) process.exitCode = 1
} finally {
  await database.stop()
  await documents.remove()
}

/** Documents, versions and feature requests to be asked for. */
async function fill(database: Database, folder: string): ReturnType<typeof readPopulation> {
  const fleet = await startFleet({ mode: 'absent', instances: 1, redisUrl: '', database, data: folder })
  try {
    return await readPopulation(fleet, folder)
  } finally {
    for (const one of fleet) await one.stop()
  }
}

async function measure(
  { calls, seconds, latenciesMs, pairs, callsOfRound, faultSeconds, writesSeen }: Plan,
  target: { readonly database: Database; readonly population: Awaited<ReturnType<typeof readPopulation>> },
): Promise<Figures> {
  const modes: LatencyFigures[] = []
  for (const latencyMs of latenciesMs) {
    print(`The three modes, with a database of ${latencyMs} ms`)
    modes.push(await measureModes(latencyMs, { ...target, calls, seconds }))
  }
  const [latencyMs] = latenciesMs
  print(`${pairs} pairs of switched off and absent`)
  const paired = await measurePairs({ ...target, latencyMs, pairs, callsOfRound })
  print('Redis killed, an instance killed, a failover')
  const perSecond = modes[0]?.perSecond ?? 1
  const faults = await measureFaults({ ...target, latencyMs, perSecond, seconds: faultSeconds })
  print('What two instances share')
  return { modes, pairs: paired, faults, sharing: await measureSharing(target, writesSeen) }
}

/** Where a quick run is kept nobody takes it for a whole one. */
async function keep({ isQuick }: Plan, result: object, page: string, plot: string): Promise<void> {
  const folder = isQuick ? await mkdtemp(join(tmpdir(), 'holdfast-acceptance-')) : reference()
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'acceptance.md'), page)
  await writeFile(join(folder, 'acceptance.svg'), plot)
  if (isQuick) await writeFile(join(folder, 'acceptance.json'), `${JSON.stringify(result, null, 2)}\n`)
  else await keepResult('acceptance', result)
  // As the check of the repository has it.
  if (!isQuick)
    spawnSync('npx', ['oxfmt', join(folder, 'acceptance.md'), 'bench/results/acceptance.json'], { cwd: root })
  print(`\nWritten to ${isQuick ? folder : 'docs/reference/acceptance.md'}`)
}

function reference(): string {
  return join(root, 'docs/reference')
}
