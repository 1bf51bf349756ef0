/** Where the parts of the proof leave what they found. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Found } from './page.ts'

export const REAL_RESULTS = 'test/support/staleness/results'
export const TOPOLOGIES = ['standalone', 'sentinel', 'cluster'] as const

/** What the same check was run on without a protection, by the name of its result. */
export const LACKING = {
  'cache-aside': 'everything: cache-aside as it is usually written',
  'without-rule': 'the one rule',
  'without-fence': '`min-replicas-to-write` (assumption A2), in failovers that lose writes',
} as const

export async function readFound(root: string): Promise<Found> {
  const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(join(root, path), 'utf8'))
  const real = (name: string): Promise<unknown> => read(`${REAL_RESULTS}/${name}.json`)
  return {
    seeds: await read('test/simulation/results/seeds.json'),
    controls: await read('test/simulation/results/controls.json'),
    real: await Promise.all(TOPOLOGIES.map(real)),
    lacking: await Promise.all(Object.entries(LACKING).map(async ([name, text]) => [text, await real(name)])),
  } as Found
}
