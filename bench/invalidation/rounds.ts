/**
 * Invalidations of ten thousand keys each, by tag and by prefix in turns, while a fleet serves some of those keys from
 * memory: how long until the call is acknowledged, and until each process has stopped to serve them.
 */
import type { Cache } from 'holdfast'

import type { Admin } from '../../test/support/redis-admin.ts'
import { startChild, type Child } from './child.ts'
import { prefixOf, tagOf } from './keys.ts'
import { sharedNowMs } from './moment.ts'
import type { ReaderWord } from './reader.ts'
import { commandCounts } from './server-view.ts'

export interface Round {
  readonly by: 'tag' | 'prefix'
  readonly acknowledgedAfterMs: number
  /** Of each process, from the acknowledgement on; below zero where it knew before. */
  readonly goneAfterMs: readonly number[]
}

const READERS = 4

export async function runRounds(url: string, cache: Cache, groups: readonly number[]): Promise<readonly Round[]> {
  const readers = Array.from({ length: READERS }, () => startChild<ReaderWord>('reader.ts', [url]))
  try {
    await Promise.all(readers.map(async (reader) => reader.next('ready')))
    const rounds: Round[] = []
    for (const group of groups) rounds.push(await round(readers, cache, group))
    return rounds
  } finally {
    await Promise.all(readers.map(async (reader) => reader.stop()))
  }
}

async function round(readers: readonly Child<ReaderWord>[], cache: Cache, group: number): Promise<Round> {
  for (const reader of readers) reader.tell({ group })
  await Promise.all(readers.map(async (reader) => reader.next('watching')))
  const by = group % 2 === 0 ? 'tag' : 'prefix'
  const calledMs = sharedNowMs()
  const { acknowledged } = await cache.invalidate(targetsOf(group))
  const acknowledgedMs = sharedNowMs()
  if (!acknowledged) throw new Error(`The invalidation of group ${group} was not acknowledged`)
  const gone = await Promise.all(readers.map(async (reader) => reader.next('gone')))
  return {
    by,
    acknowledgedAfterMs: acknowledgedMs - calledMs,
    goneAfterMs: gone.map(({ atMs }) => atMs - acknowledgedMs),
  }
}

/** How often Redis ran each command for one invalidation; only where no one else is connected are these its own. */
export async function commandsEach(
  admin: Admin,
  cache: Cache,
  groups: readonly number[],
): Promise<Readonly<Record<string, number>>> {
  const before = await commandCounts(admin)
  for (const group of groups) await cache.invalidate(targetsOf(group))
  const after = await commandCounts(admin)
  return Object.fromEntries(
    [...after]
      .map(([name, calls]) => [name, (calls - (before.get(name) ?? 0)) / groups.length] as const)
      .filter(([, each]) => each >= 0.5),
  )
}

const targetsOf = (group: number): { readonly tags: readonly string[] } | { readonly pattern: string } =>
  group % 2 === 0 ? { tags: [tagOf(group)] } : { pattern: prefixOf(group) }
