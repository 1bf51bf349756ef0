import type { JsonAnswer, WarmEntry } from 'holdfast'

import type { AuditFacts } from '../audit/chain.ts'
import { cacheTtl, nullIfAbsent } from '../cache-ttl.ts'
import { HttpError } from '../errors.ts'
import type { RunWrite } from '../invalidation.ts'
import { read, readJson, type CachedRead, type ReadThrough } from '../read-through.ts'
import {
  decide,
  FEATURE_STATUSES,
  type Decision,
  type Feature,
  type FeatureBody,
  type FeatureListName,
  type FeatureRevision,
  type FeatureSummary,
} from './feature.ts'
import { featureKeys } from './keys.ts'
import { readParts } from './parts.ts'
import type { FeaturesRepository } from './repository.ts'

/** A list answers this many feature requests at most, so no more are kept of it. */
export const LONGEST_LIST = 100

const LISTS: readonly FeatureListName[] = ['all', ...FEATURE_STATUSES]

/** Feature requests as the service reads and writes them: reads through the cache, writes that invalidate it. */
export interface Features {
  /** The newest {@link LONGEST_LIST} of a list. */
  list(name: FeatureListName): Promise<readonly FeatureSummary[]>
  /** A feature request; null when there is none of this id. */
  byId(id: string): Promise<Feature | null>
  /** The same as text, `null` when there is none. */
  byIdJson(id: string, ifNoneMatch?: string): Promise<JsonAnswer>
  /** Which there are and in which state each is, for checks of all of them. */
  revisions(): Promise<readonly FeatureRevision[]>
  submit(body: FeatureBody): Promise<Feature>
  /** Approves or rejects; resolves to null when there is no such feature request. */
  decide(id: string, decision: Decision): Promise<Feature | null>
  /** The lists, then the newest `count` feature requests, for a warm-up. */
  warmEntries(count: number): AsyncIterable<WarmEntry>
  /** How a key of this cache is read; undefined when it is none of feature requests. */
  entryOf(key: string): WarmEntry | undefined
}

export interface FeaturesDeps {
  readonly repository: Omit<FeaturesRepository, 'byIds'>
  readonly cache: ReadThrough
  readonly runWrite: RunWrite
  /** Told of what happened, once the database has it. */
  readonly record: (facts: AuditFacts) => Promise<void>
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
  /** A whole number from 0 to below `limit`. */
  readonly randomBelow: (limit: number) => number
}

const ID_ATTEMPTS = 100
const DECISION_ATTEMPTS = 100

export function createFeatures(deps: FeaturesDeps): Features {
  const { repository, cache } = deps
  const options = { ttl: cacheTtl('features') }
  const listOf = (name: FeatureListName): CachedRead<readonly FeatureSummary[]> => ({
    ...options,
    // One entry for each list, whatever limit is asked for: the routes cut it.
    key: featureKeys.list(name),
    load: async () => {
      const all = await readParts(cache, repository)
      const listed = name === 'all' ? [...all] : all.filter(({ status }) => status === name)
      return listed.sort(newestFirst).slice(0, LONGEST_LIST)
    },
  })
  const oneOf = (id: string): CachedRead<Feature | null> => ({
    ...options,
    key: featureKeys.byId(id),
    load: async (context) => nullIfAbsent(await repository.byId(id), context),
  })
  const list: Features['list'] = (name) => read(cache, listOf(name))
  return {
    list,
    byId: (id) => read(cache, oneOf(id)),
    revisions: () => readParts(cache, repository),
    byIdJson: (id, ifNoneMatch) => readJson(cache, oneOf(id), ifNoneMatch),
    async *warmEntries(count) {
      yield* LISTS.map(listOf)
      for (const { request_id } of (await list('all')).slice(0, count)) yield oneOf(request_id)
    },
    entryOf(key) {
      const name = LISTS.find((one) => featureKeys.list(one) === key)
      if (name) return listOf(name)
      const id = key.slice(featureKeys.byId('').length)
      return id.startsWith('FR-') && key === featureKeys.byId(id) ? oneOf(id) : undefined
    },
    submit: (body) => submit(deps, body),
    decide: (id, decision) => decideUpon(deps, id, decision),
  }
}

async function submit(
  { repository, runWrite, record, nowMs, randomBelow }: FeaturesDeps,
  body: FeatureBody,
): Promise<Feature> {
  for (let attempt = 0; attempt < ID_ATTEMPTS; attempt += 1) {
    const now = nowMs()
    const feature: Feature = {
      request_id: `FR-${now}${String(randomBelow(10_000)).padStart(4, '0')}`,
      ...body,
      status: 'pending',
      created_at: new Date(now).toISOString(),
      updated_at: null,
      approved_by: null,
      rejection_reason: null,
    }
    const event = { id: feature.request_id, status: feature.status }
    const outcome = await runWrite('feature-submitted', event, body.requester, () => repository.insert(feature))
    if (outcome === 'refused') continue
    await record({
      request_id: feature.request_id,
      old_status: null,
      new_status: feature.status,
      admin: feature.requester,
      reason: null,
      timestamp: feature.created_at,
    })
    return feature
  }
  throw new Error(`No free feature request id in ${ID_ATTEMPTS} attempts`)
}

/**
 * Reads from the database, not from the cache, and changes what it read only if that is still so; otherwise it reads again.
 * So decisions made at the same time are applied one after the other, each on what the one before left.
 */
async function decideUpon(
  { repository, runWrite, record, nowMs }: FeaturesDeps,
  id: string,
  decision: Decision,
): Promise<Feature | null> {
  for (let attempt = 0; attempt < DECISION_ATTEMPTS; attempt += 1) {
    const seen = await repository.byId(id)
    if (!seen) return null
    const change = decide(seen, decision, nowMs())
    const event = { id, from: seen.status, to: change.status }
    const outcome = await runWrite('feature-decided', event, decision.by, () => repository.change(seen, change))
    if (outcome === 'refused') continue
    await record({
      request_id: id,
      old_status: seen.status,
      new_status: change.status,
      admin: change.approved_by,
      reason: decision.reason ?? null,
      timestamp: change.updated_at,
    })
    return { ...seen, ...change }
  }
  throw new HttpError(503, 'Too many decisions about this feature request at once', { 'Retry-After': '1' })
}

// The id ends in digits drawn at random and so orders what one millisecond brought, always the same way.
function newestFirst(one: FeatureSummary, other: FeatureSummary): number {
  const [late, early] = [`${one.created_at} ${one.request_id}`, `${other.created_at} ${other.request_id}`]
  return late < early ? 1 : late > early ? -1 : 0
}
