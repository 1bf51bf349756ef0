import type { Db } from '@datastax/astra-db-ts'

import { isDuplicate, openCollection, type Stored, type WriteOutcome } from '../database.ts'
import type { DecisionChange, Feature, FeatureListName, FeatureRevision, FeatureSummary } from './feature.ts'

/** Where feature requests are kept. */
export interface FeaturesRepository {
  /** The newest feature requests of a list, the newest first. */
  newest(name: FeatureListName, limit: number): Promise<readonly FeatureSummary[]>
  byId(id: string): Promise<Feature | undefined>
  /** Those of some ids that there are; a hundred ids at most. */
  byIds(ids: readonly string[]): Promise<readonly Feature[]>
  revisions(): Promise<readonly FeatureRevision[]>
  /** Adds a feature request, unless another one has its id. */
  insert(feature: Feature): Promise<WriteOutcome>
  /** Changes a feature request if it is still as `seen`: in one step, so that of two who saw the same, one succeeds. */
  change(seen: Feature, change: DecisionChange): Promise<WriteOutcome>
}

type StoredFeature = Stored & Feature

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
    async newest(name, limit) {
      // Sorted here: the Data API ends a sorted find after one page.
      const filter = name === 'all' ? {} : { status: name }
      const found = await collection.find(filter, { projection: SUMMARY_FIELDS }).toArray()
      return found.map(summary).sort(newestFirst).slice(0, limit)
    },
    async byId(id) {
      const stored = await collection.findOne({ _id: id })
      return stored ? withoutId(stored) : undefined
    },
    async byIds(ids) {
      return (await collection.find({ _id: { $in: [...ids] } }).toArray()).map(withoutId)
    },
    async revisions() {
      const found = await collection.find({}, { projection: { request_id: 1, status: 1, updated_at: 1 } }).toArray()
      return found.map(({ request_id, status, updated_at }) => ({ request_id, status, updated_at }))
    },
    async insert(feature) {
      try {
        await collection.insertOne({ _id: feature.request_id, ...feature })
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

function withoutId({ _id, ...feature }: StoredFeature): Feature {
  return feature
}

function summary(stored: FeatureSummary): FeatureSummary {
  const { request_id, title, description, priority, requester, status, created_at, updated_at, approved_by } = stored
  return { request_id, title, description, priority, requester, status, created_at, updated_at, approved_by }
}

// The id ends in digits drawn at random and so orders what one millisecond brought, always the same way.
function newestFirst(one: FeatureSummary, other: FeatureSummary): number {
  const [late, early] = [`${one.created_at} ${one.request_id}`, `${other.created_at} ${other.request_id}`]
  return late < early ? 1 : late > early ? -1 : 0
}
