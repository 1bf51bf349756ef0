/**
 * Targets: what an invalidation names and what an entry can be reached by. A key, a tag and a prefix of the same text are
 * three targets, so each carries its kind: `k:`, `t:` or `p:`. Everything is not a target of an entry but the log's floor,
 * and a glob (`g:`) is not one either: it is matched against the entry's key.
 */
import type { TargetKind } from '../base/events.ts'
import { checkKey, checkTag } from './key.ts'
import { parsePattern, prefixesOf } from './pattern.ts'

export type Target = `${'k' | 't' | 'p' | 'g'}:${string}`

export const keyTarget = (key: string): Target => `k:${key}`
export const tagTarget = (tag: string): Target => `t:${tag}`
const prefixTarget = (prefix: string): Target => `p:${prefix}`
const globTarget = (glob: string): Target => `g:${glob}`

/** The key of an entry among its targets, as {@link targetsOf} gives them. */
export const keyOf = (targets: readonly Target[]): string => (targets[0] ?? '').slice(2)

/** What to invalidate, as a caller names it. At least one of these must be given. */
export interface InvalidationTargets {
  readonly keys?: readonly string[]
  readonly tags?: readonly string[]
  /** `*`, a prefix such as `requirements:*`, or any other glob over whole keys: `user:*:cart`, `report:202[56]-??`. */
  readonly pattern?: string
  /** Everything in the namespace. */
  readonly all?: true
}

/** Targets read and checked: `'all'`, or a list without repetition. */
export type ResolvedTargets = 'all' | readonly Target[]

/** @throws KeyError (ERR_HOLDFAST_KEY) when a key, tag or pattern cannot be used; nothing was touched then */
export function resolveTargets({ keys = [], tags = [], pattern, all }: InvalidationTargets): ResolvedTargets {
  const targets = new Set<Target>()
  for (const key of keys) targets.add(keyTarget(checkKey(key)))
  for (const tag of tags) targets.add(tagTarget(checkTag(tag)))
  const parsed = pattern === undefined ? undefined : parsePattern(pattern)
  if (parsed?.kind === 'prefix') targets.add(prefixTarget(parsed.prefix))
  if (parsed?.kind === 'glob') targets.add(globTarget(parsed.glob))
  return all || parsed?.kind === 'all' ? 'all' : [...targets]
}

/** Every target by which an entry can be invalidated, its key first; globs and everything aside. */
export function targetsOf(key: string, tags: readonly string[]): Target[] {
  return [keyTarget(key), ...prefixesOf(key).map(prefixTarget), ...tags.map(tagTarget)]
}

const KINDS: Readonly<Record<string, TargetKind>> = { k: 'key', t: 'tag', p: 'prefix', g: 'glob' }

/** The kinds of what was invalidated, each once. */
export function kindsOf(targets: ResolvedTargets): TargetKind[] {
  return targets === 'all' ? ['all'] : [...new Set(targets.map((target) => KINDS[target[0] ?? ''] ?? 'key'))]
}
