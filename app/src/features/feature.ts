/** The states a feature request can be in. Decisions lead to the second and third; the last three are set elsewhere. */
export const FEATURE_STATUSES = ['pending', 'approved', 'rejected', 'in_progress', 'completed', 'cancelled'] as const

export type FeatureStatus = (typeof FEATURE_STATUSES)[number]

/** A list of feature requests: of one status, or of all. */
export type FeatureListName = FeatureStatus | 'all'

/** What a submission consists of. */
export interface FeatureBody {
  readonly title: string
  readonly description: string
  readonly priority: 'low' | 'medium' | 'high' | 'critical'
  readonly requester: string
  readonly category?: string
  readonly business_value?: string
  readonly effort_estimate?: number
  readonly user_story?: string
  readonly acceptance_criteria?: readonly string[]
  readonly tags?: readonly string[]
}

/** A feature request as it is stored and answered. */
export interface Feature extends FeatureBody {
  readonly request_id: string
  readonly status: FeatureStatus
  /** ISO 8601 in UTC. */
  readonly created_at: string
  /** When it was last decided upon; rises with every decision. */
  readonly updated_at: string | null
  /** Who decided last, also when the decision was no. */
  readonly approved_by: string | null
  readonly rejection_reason: string | null
}

/** A line of a list of feature requests. */
export type FeatureSummary = Pick<
  Feature,
  | 'request_id'
  | 'title'
  | 'description'
  | 'priority'
  | 'requester'
  | 'status'
  | 'created_at'
  | 'updated_at'
  | 'approved_by'
>

/** A state of a feature request: what it says for as long as neither changes. */
export type FeatureRevision = Pick<Feature, 'request_id' | 'status' | 'updated_at'>

/** What an admin says about a feature request. */
export interface Decision {
  readonly action: 'approve' | 'reject'
  /** Who decides. */
  readonly by: string
  readonly reason?: string
}

/** What a decision changes in a feature request. */
export interface DecisionChange {
  readonly status: FeatureStatus
  readonly updated_at: string
  readonly approved_by: string
  readonly rejection_reason: string | null
}

/**
 * What `decision` changes in `feature`. A reason replaces the one that was there, a missing one keeps it. The time is
 * always later than the last decision's, so that two decisions of one millisecond can be told apart.
 */
export function decide(feature: Feature, decision: Decision, nowMs: number): DecisionChange {
  const lastMs = feature.updated_at === null ? 0 : Date.parse(feature.updated_at)
  return {
    status: decision.action === 'approve' ? 'approved' : 'rejected',
    updated_at: new Date(Math.max(nowMs, lastMs + 1)).toISOString(),
    approved_by: decision.by,
    rejection_reason: decision.reason ?? feature.rejection_reason,
  }
}

/** In how many parts feature requests are kept: up to some four hundred of them, a part is one page of the database. */
export const PARTS = 20

/** The part of a feature request: from 0, by the last digits of its id, which are drawn at random. */
export function partOf(id: string): number {
  return Number(id.slice(-2).replaceAll(/\D/g, '')) % PARTS
}
