/*
 * Prints, after all chaos tests, what the failovers took: figures of this machine, for people to read.
 */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { drillTable, type DrillResult } from '../support/drill.ts'

/** A line of JSON for each drill. */
export const reportFile = join(import.meta.dirname, '../../node_modules/.cache/holdfast/chaos.jsonl')

export async function setup(): Promise<void> {
  await rm(reportFile, { force: true })
}

export async function teardown(): Promise<void> {
  const lines = await readFile(reportFile, 'utf8').catch(() => '')
  const results = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DrillResult)
  if (results.length > 0) process.stdout.write(`\n${drillTable(results).join('\n')}\n`)
}
