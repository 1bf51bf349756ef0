/** Runs seeds in processes of their own: one per core, or one with a protection taken out of the source. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

import type { Storm } from './world/storms.ts'
import { emptySums, merged, type Sums } from './sums.ts'

export interface Stretch {
  readonly first: number
  readonly count: number
  readonly workers: number
  /** Missing: mixed runs, as each seed draws them. */
  readonly storm?: Storm | undefined
  /** The protection that is taken out. */
  readonly control?: string
  /** Stops a worker when it has found so many violating seeds. */
  readonly stopAfter?: number
  readonly onProgress?: (seeds: number) => void
}

type Message = { readonly type: 'progress'; readonly seeds: number } | { readonly type: 'sums'; readonly sums: Sums }

export async function runSeeds(stretch: Stretch): Promise<Sums> {
  const { first, count, workers } = stretch
  // Each takes every n-th seed, so that slow stretches are shared.
  const shares = Array.from({ length: Math.min(workers, count) }, (_, index) => {
    return runWorker(stretch, first + index, Math.ceil((count - index) / workers), workers)
  })
  return (await Promise.all(shares)).reduce(merged, emptySums())
}

async function runWorker(stretch: Stretch, first: number, count: number, step: number): Promise<Sums> {
  const { control, storm = '', stopAfter = 0, onProgress } = stretch
  const hooks = control ? ['--import', `${import.meta.dirname}/controls/patched-source.ts`] : []
  const args = [...hooks, '--conditions=holdfast-source', `${import.meta.dirname}/worker.ts`]
  const child = spawn(process.execPath, [...args, ...[first, count, step, stopAfter, storm].map(String)], {
    env: { ...process.env, HOLDFAST_SIMULATION_CONTROL: control ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let sums: Sums | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    const message = JSON.parse(line) as Message
    if (message.type === 'progress') onProgress?.(message.seeds)
    else sums = message.sums
  }
  const code = await ended
  if (!sums || code !== 0)
    throw new Error(`A worker of the simulation ended with ${code}${control ? ` (${control})` : ''}`)
  return sums
}
