/** POST api/invalidate: first a dry run, then what it has shown. */
import { membersOf } from '../../cache/cached.ts'
import { checkKey, checkTag } from '../../keys/key.ts'
import { parsePattern } from '../../keys/pattern.ts'
import type { InvalidationTargets } from '../../keys/target.ts'
import type { InvalidateBody, InvalidateResponse } from '../contract/invalidation.ts'
import type { AdminDeps, AdminRequest } from '../deps.ts'
import { requirePermission } from '../handle.ts'
import { matcherOf, patternOfPrefix } from '../keys/matcher.ts'
import { reachOf, type Reach } from '../keys/reach.ts'
import { Problem } from '../problem.ts'

/** What a caller means, checked: in words for people, as what the cache takes, and what must be typed. */
interface Meant {
  readonly words: readonly string[]
  readonly keys: readonly string[]
  readonly tags: readonly string[]
  readonly patterns: readonly string[]
  readonly all: boolean
}

export async function invalidate(deps: AdminDeps, request: AdminRequest): Promise<InvalidateResponse> {
  const body = request.body as InvalidateBody
  const meant = readTargets(body)
  request.note({ targets: meant.words, reason: body.reason ?? '', dryRun: body.dryRun })
  if (meant.all) requirePermission(request.caller, 'invalidate-all')
  return body.dryRun ? dryRun(deps, request, meant) : commit(deps, request, meant, body)
}

async function dryRun(deps: AdminDeps, { caller, note }: AdminRequest, meant: Meant): Promise<InvalidateResponse> {
  const reach = await reachIn(deps, meant)
  note({ count: reach.count })
  const shown = { targets: JSON.stringify(meant.words), user: caller.user, count: reach.count }
  const { token, expiresAtMs } = await deps.confirmations.grant(shown)
  return {
    state: 'dry-run',
    ...reach,
    confirmToken: token,
    expiresAtMs,
    typeToConfirm: meant.all ? deps.options.cache.namespace : null,
    targets: meant.words,
  }
}

async function commit(
  deps: AdminDeps,
  { caller, note }: AdminRequest,
  meant: Meant,
  { reason, confirmToken, typed }: InvalidateBody,
): Promise<InvalidateResponse> {
  const { cache } = deps.options
  if (reason === undefined) throw new Problem('bad-request', 'A reason is needed: it stands in the audit trail')
  if (confirmToken === undefined)
    throw new Problem('confirm-needed', 'First ask with dryRun: true, then send the same targets with its confirmToken')
  if (meant.all && typed !== cache.namespace)
    throw new Problem('confirm-needed', `To invalidate everything, type the namespace: ${cache.namespace}`)
  const count = await deps.confirmations.redeem(confirmToken, {
    targets: JSON.stringify(meant.words),
    user: caller.user,
  })
  if (count === undefined) {
    throw new Problem(
      'confirm-mismatch',
      'The token is for other targets or another user, was used before, or is too old: ask with dryRun again',
    )
  }
  note({ count })
  const results = []
  for (const targets of batchesOf(meant)) results.push(await cache.invalidate({ ...targets, reason, by: caller.user }))
  const result = results.every(({ acknowledged }) => acknowledged) ? 'acknowledged' : 'queued'
  note({ result: result === 'acknowledged' ? 'done' : 'queued' })
  return { state: 'done', result, id: results.at(-1)?.id ?? '', count, targets: meant.words }
}

/** One call of the cache takes one pattern. */
function batchesOf({ keys, tags, patterns, all }: Meant): readonly InvalidationTargets[] {
  if (all) return [{ all: true }]
  const [pattern, ...more] = patterns
  return [{ keys, tags, ...(pattern !== undefined && { pattern }) }, ...more.map((one) => ({ pattern: one }))]
}

/** @throws Problem, KeyError */
function readTargets({ keys = [], tags = [], pattern, prefix, family, all }: InvalidateBody): Meant {
  for (const key of keys) checkKey(key)
  for (const tag of tags) checkTag(tag)
  const patterns = [
    ...(pattern === undefined ? [] : [pattern]),
    ...(prefix === undefined ? [] : [patternOfPrefix(prefix)]),
    ...(family === undefined ? [] : [membersOf(family)]),
  ]
  const meansAll = all === true || patterns.map(parsePattern).some(({ kind }) => kind === 'all')
  const words = [
    ...keys.map((key) => `key ${key}`),
    ...tags.map((tag) => `tag ${tag}`),
    ...(pattern === undefined ? [] : [`pattern ${pattern}`]),
    ...(prefix === undefined ? [] : [`prefix ${prefix}`]),
    ...(family === undefined ? [] : [`family ${family}`]),
    ...(all === true ? ['all'] : []),
  ].map((word) => word.replace(/\p{Cc}/gu, '\uFFFD'))
  if (words.length === 0)
    throw new Problem('bad-request', 'Nothing is named: give keys, tags, a pattern, a prefix, a family or all')
  return { words, keys, tags, patterns, all: meansAll }
}

async function reachIn({ options, clock }: AdminDeps, { keys, tags, patterns, all }: Meant): Promise<Reach> {
  const { redis, cache } = options
  const unknown: Reach = { count: 0, counted: 'unknown', sample: [] }
  // An operator must be able to invalidate while Redis is away: it is queued.
  if (!redis || redis.health().state === 'down') return unknown
  const { namespace, operations } = cache
  const everything = matcherOf(namespace, '*')
  const matchers = all ? [everything] : patterns.map((pattern) => matcherOf(namespace, pattern))
  return reachOf({ redis, clock, namespace, operations }, { keys, tags, matchers }, everything)
}
