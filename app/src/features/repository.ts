import type { Db } from '@datastax/astra-db-ts'

import { isDuplicate, openCollection, type Stored, type WriteOutcome } from '../database.ts'
import { partOf, type DecisionChange, type Feature, type FeatureSummary } from './feature.ts'

/** Where feature requests are kept. */
export interface FeaturesRepository {
  /** All feature requests, or those of a part, in no order. */
  summaries(part?: number): Promise<readonly FeatureSummary[]>
  byId(id: string): Promise<Feature | undefined>
  /** Those of some ids that there are; a hundred ids at most. */
  byIds(ids: readonly string[]): Promise<readonly Feature[]>
  /** Adds a feature request, unless another one has its id. */
  insert(feature: Feature): Promise<WriteOutcome>
  /** Changes a feature request if it is still as `seen`: in one step, so that of two who saw the same, one succeeds. */
  change(seen: Feature, change: DecisionChange): Promise<WriteOutcome>
}

/** `part` is for {@link FeaturesRepository.summaries}; what was written by others may be without one. */
type StoredFeature = Stored & Feature & { readonly part?: number }

const SUMMARY_FIELDS = {
  request_id: 1,
  title: 1,
  description: 1,
  priority: 1,
  requester: 1,
  status: 1,
  created_at: 1,
  updated_at: 1,
  approved_by: 1,
} as const

export function createAstraFeatures(db: Db): FeaturesRepository {
  const collection = openCollection<StoredFeature>(db, 'features')
  return {
    async summaries(part) {
      const filter = part === undefined ? {} : { $or: [{ part }, { part: { $exists: false } }] }
      const found = (await collection.find(filter, { projection: SUMMARY_FIELDS }).toArray()).map(summary)
      return part === undefined ? found : found.filter(({ request_id }) => partOf(request_id) === part)
    },
    async byId(id) {
      const stored = await collection.findOne({ _id: id })
      return stored ? withoutId(stored) : undefined
    },
    async byIds(ids) {
      return (await collection.find({ _id: { $in: [...ids] } }).toArray()).map(withoutId)
    },
    async insert(feature) {
      try {
        await collection.insertOne({ _id: feature.request_id, ...feature, part: partOf(feature.request_id) })
        return 'applied'
      } catch (error) {
        if (isDuplicate(error)) return 'refused'
        throw error
      }
    },
    async change({ request_id, status, updated_at }, change) {
      const filter = { _id: request_id, status, updated_at }
      const changed = await collection.findOneAndUpdate(filter, { $set: change }, { projection: { _id: 1 } })
      return changed ? 'applied' : 'refused'
    },
  }
}

function withoutId({ _id, part: _part, ...feature }: StoredFeature): Feature {
  return feature
}

function summary(stored: FeatureSummary): FeatureSummary {
  const { request_id, title, description, priority, requester, status, created_at, updated_at, approved_by } = stored
  return { request_id, title, description, priority, requester, status, created_at, updated_at, approved_by }
}
