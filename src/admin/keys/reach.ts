/**
 * What an invalidation would reach in Redis: how many entries, and a few of their keys. Within a time, since it is for a
 * person who waits; then it says "at least". It counts what is stored: entries that are invalidated already and not swept
 * yet are among them.
 */
import type { Redis } from '../../redis/redis.ts'
import type { Cache } from '../../cache/cache.ts'
import { factsOf, type KeyFacts } from './facts.ts'
import type { Matcher } from './matcher.ts'
import { walk, type WalkDeps } from './scan.ts'

const COUNT_MS = 2000
const SAMPLE = 20

export interface Reach {
  readonly count: number
  readonly counted: 'exactly' | 'at-least' | 'unknown'
  readonly sample: readonly string[]
}

export interface ReachDeps extends WalkDeps {
  readonly redis: Pick<Redis, 'scanKeys' | 'run'>
  readonly operations: Pick<Cache['operations'], 'survey'>
}

/** What is reached: these keys, what carries one of these tags, and what matches one of these. */
export interface Aim {
  readonly keys: readonly string[]
  readonly tags: readonly string[]
  readonly matchers: readonly Matcher[]
}

/** @throws StoreError */
export async function reachOf(deps: ReachDeps, { keys, tags, matchers }: Aim, all: Matcher): Promise<Reach> {
  const reached = tally()
  for (const { key, bytes } of await factsOf(deps.redis, deps.namespace, [...new Set(keys)])) {
    if (bytes > 0) reached.add(key)
  }
  const [only] = matchers
  // With a tag every entry must be looked at, and what patterns reach is seen on the way.
  const walked = tags.length > 0 || matchers.length > 1 ? all : only
  if (!walked) return reached.result('exactly')

  const isTagged = ({ key, header }: KeyFacts): boolean => {
    const entry = deps.operations.survey(key, header)
    return entry.state === 'held' && entry.tags.some((tag) => tags.includes(tag))
  }
  let isComplete = false
  for await (const step of walk(deps, walked, undefined, COUNT_MS)) {
    const matching = step.keys.filter((key) => matchers.some((matcher) => matcher.accepts(key)))
    for (const key of matching) reached.add(key)
    const others = tags.length === 0 ? [] : step.keys.filter((key) => !matching.includes(key))
    for (const facts of await factsOf(deps.redis, deps.namespace, others)) if (isTagged(facts)) reached.add(facts.key)
    isComplete = step.next === undefined
  }
  return reached.result(isComplete ? 'exactly' : 'at-least')
}

/** Keys that are remembered so that none counts twice; SCAN repeats one rarely, and a million of them are not worth the memory. */
const MAX_REMEMBERED = 100_000

function tally() {
  const seen = new Set<string>()
  let count = 0
  return {
    add(key: string): void {
      if (seen.has(key)) return
      if (seen.size < MAX_REMEMBERED) seen.add(key)
      count += 1
    },
    result: (counted: Reach['counted']): Reach => ({ count, counted, sample: [...seen].slice(0, SAMPLE) }),
  }
}
