/**
 * All feature requests, kept in parts: each belongs to the part that its id says, for good. What is kept of the others stays
 * when one changes, so after a submission a list is made from one walk of a page or two, however many there are.
 */
import { cacheTtl } from '../cache-ttl.ts'
import type { ReadThrough } from '../read-through.ts'
import { partOf, PARTS, type FeatureSummary } from './feature.ts'
import { featureKeys } from './keys.ts'
import type { FeaturesRepository } from './repository.ts'

const KEYS = Array.from({ length: PARTS }, (_none, part) => featureKeys.part(part))

/** All feature requests, in no order. */
export async function readParts(
  cache: ReadThrough,
  repository: Pick<FeaturesRepository, 'summaries'>,
): Promise<readonly FeatureSummary[]> {
  const parts = await cache.getOrSetMany<readonly FeatureSummary[]>(
    KEYS,
    async (keys) => {
      const missing = keys.map((key) => [key, KEYS.indexOf(key)] as const)
      // One walk through all takes fewer commands than one for each part, where there is little else to go by.
      const found = missing.length > PARTS / 2 ? grouped(await repository.summaries()) : undefined
      const loaded = missing.map(async ([key, part]) => {
        return [key, found ? (found.get(part) ?? []) : await repository.summaries(part)] as const
      })
      return new Map(await Promise.all(loaded))
    },
    { ttl: cacheTtl('features') },
  )
  return [...parts.values()].flat()
}

function grouped(summaries: readonly FeatureSummary[]): ReadonlyMap<number, readonly FeatureSummary[]> {
  return Map.groupBy(summaries, ({ request_id }) => partOf(request_id))
}
