/**
 * What the schemas say of everything that is stored. A result is kept for each state of each document: a version never
 * changes, and a feature request is what it is until its next decision, so a result is never invalidated, only not asked
 * for any more. After a write the report loads and validates one document, not all.
 *
 * This is the one place where keeping results of validation pays: it saves the reading of the documents. A document that is
 * at hand is validated faster than a key for it is made and Redis asked (npm run bench:validation), so
 * POST /api/validate/schema keeps nothing.
 */
import { cacheTtl } from '../cache-ttl.ts'
import type { Features } from '../features/cached.ts'
import type { FeaturesRepository } from '../features/repository.ts'
import type { ReadThrough } from '../read-through.ts'
import type { Requirements } from '../requirements/cached.ts'
import type { RequirementsRepository } from '../requirements/repository.ts'
import { validationKey } from './keys.ts'
import type { KnownSchema, KnownSchemas } from './schemas.ts'
import { validateWith, type SchemaError, type Validation } from './validate.ts'

/** What became of the documents of one kind. */
export interface ReportPart {
  readonly summary: {
    readonly total_files: number
    readonly valid_files: number
    readonly invalid_files: number
    readonly total_errors: number
    /** From 0 to 1; 1 when there is nothing. */
    readonly validation_success_rate: number
    readonly average_validation_time_ms: number
  }
  /** Of the documents that are not valid, by their ids. */
  readonly errors: Readonly<Record<string, readonly SchemaError[]>>
}

export interface Report {
  readonly requirements_validation: ReportPart
  readonly features_validation: ReportPart
  readonly overall_summary: {
    readonly total_files: number
    readonly total_errors: number
    readonly overall_success_rate: number
  }
  readonly timestamp: string
}

export interface ReportDeps {
  readonly requirements: Pick<Requirements, 'versions'>
  readonly features: Pick<Features, 'revisions'>
  readonly repositories: {
    readonly requirements: Pick<RequirementsRepository, 'byIds'>
    readonly features: Pick<FeaturesRepository, 'byIds'>
  }
  readonly cache: ReadThrough
  readonly schemas: KnownSchemas
  readonly nowMs: () => number
  readonly monoMs: () => number
}

// What the Data API takes in one list of ids.
const IDS_AT_ONCE = 100

/** A document to be validated: its id, and the state that a result is about. */
interface State {
  readonly id: string
  readonly revision: string
}

export function createReport(deps: ReportDeps): () => Promise<Report> {
  const { requirements, features, repositories, schemas, nowMs } = deps
  return async () => {
    const [versions, revisions] = await Promise.all([requirements.versions(), features.revisions()])
    const [ofRequirements, ofFeatures] = await Promise.all([
      partOf(
        deps,
        schemas.requirements,
        versions.map(({ version_id }) => ({ id: String(version_id), revision: 'final' })),
        async (ids) => {
          const found = await repositories.requirements.byIds(ids.map(Number))
          return found.map((document) => [String(document.metadata.version_id), document])
        },
      ),
      partOf(
        deps,
        schemas.feature_request,
        revisions.map(({ request_id, updated_at }) => ({ id: request_id, revision: updated_at ?? 'first' })),
        async (ids) => (await repositories.features.byIds(ids)).map((feature) => [feature.request_id, feature]),
      ),
    ])
    const parts = [ofRequirements.summary, ofFeatures.summary]
    const total = sum(parts.map(({ total_files }) => total_files))
    return {
      requirements_validation: ofRequirements,
      features_validation: ofFeatures,
      overall_summary: {
        total_files: total,
        total_errors: sum(parts.map(({ total_errors }) => total_errors)),
        overall_success_rate: rate(sum(parts.map(({ valid_files }) => valid_files)), total),
      },
      timestamp: new Date(nowMs()).toISOString(),
    }
  }
}

async function partOf(
  { cache, monoMs }: ReportDeps,
  known: KnownSchema,
  states: readonly State[],
  load: (ids: readonly string[]) => Promise<readonly (readonly [id: string, document: object])[]>,
): Promise<ReportPart> {
  const idOf = new Map(states.map((state) => [validationKey(known, state), state.id]))
  const keysOf = new Map([...idOf].map(([key, id]) => [id, key]))
  const results = await cache.getOrSetMany<Validation>(
    [...idOf.keys()],
    async (keys) => {
      const ids = keys.flatMap((key) => idOf.get(key) ?? [])
      const found = new Map<string, Validation>()
      for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
        for (const [id, document] of await load(ids.slice(at, at + IDS_AT_ONCE))) {
          const key = keysOf.get(id)
          if (key !== undefined) found.set(key, validateWith(known, document, monoMs))
        }
      }
      return found
    },
    { ttl: cacheTtl('schema_validation') },
  )
  const invalid = [...results].filter(([, { is_valid }]) => !is_valid)
  const valid_files = results.size - invalid.length
  return {
    summary: {
      total_files: results.size,
      valid_files,
      invalid_files: invalid.length,
      total_errors: sum(invalid.map(([, { errors }]) => errors.length)),
      validation_success_rate: rate(valid_files, results.size),
      average_validation_time_ms: rate(
        sum([...results.values()].map((each) => each.validation_time_ms)),
        results.size,
        0,
      ),
    },
    errors: Object.fromEntries(invalid.map(([key, { errors }]) => [idOf.get(key) ?? key, errors])),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function rate(part: number, whole: number, ofNothing = 1): number {
  return whole === 0 ? ofNothing : part / whole
}
