import { randomInt } from 'node:crypto'

import type { Db } from '@datastax/astra-db-ts'
import type { FastifyInstance } from 'fastify'

import { createAccounts, type Accounts } from './accounts/accounts.ts'
import { createLogin } from './accounts/login.ts'
import { createAstraAccounts } from './accounts/repository.ts'
import { accountsRoutes } from './accounts/routes.ts'
import { createAstraAudit } from './audit/repository.ts'
import { auditRoutes } from './audit/routes.ts'
import { createAudit } from './audit/trail.ts'
import { createAuthenticate, type Credential } from './auth.ts'
import { cachedFamilies } from './cached-client.ts'
import { createDictionary, type Dictionary } from './dictionary/cached.ts'
import { createAstraDictionary } from './dictionary/repository.ts'
import { dictionaryRoutes } from './dictionary/routes.ts'
import { createFeatures, type Features } from './features/cached.ts'
import { createAstraFeatures } from './features/repository.ts'
import { featuresRoutes } from './features/routes.ts'
import { healthRoutes } from './health.ts'
import type { Holdfast } from './holdfast.ts'
import { createRunWrite, runWithoutCache } from './invalidation.ts'
import { openApiRoute } from './openapi.ts'
import { createOperations } from './operations.ts'
import type { Environment } from './options.ts'
import { createPreferences } from './preferences/of-accounts.ts'
import { createAstraPreferences } from './preferences/repository.ts'
import { preferencesRoutes } from './preferences/routes.ts'
import { createRateLimits } from './rate-limits.ts'
import { withoutCache } from './read-through.ts'
import { createRequirements, type Requirements } from './requirements/cached.ts'
import { createAstraRequirements } from './requirements/repository.ts'
import { requirementsRoutes } from './requirements/routes.ts'
import type { Route } from './route.ts'
import { createReport } from './schema-validation/report.ts'
import { schemaValidationRoutes } from './schema-validation/routes.ts'
import { createSchemas } from './schema-validation/schemas.ts'
import { createServer } from './server.ts'
import { createSources, type Sources } from './sources/cached.ts'
import { createAstraSources } from './sources/repository.ts'
import { withDictionary } from './sources/with-dictionary.ts'
import { sourcesRoutes } from './sources/routes.ts'
import { createSummary } from './summary/cached.ts'
import { summaryRoutes } from './summary/routes.ts'
import { createAjv } from './validation.ts'
import { warmPlan } from './warm-up.ts'

export interface AppDeps {
  /** With the collections of `ensureCollections`. */
  readonly db: Db
  /** The same through a client that caches by itself; `db` where there is no cache. */
  readonly cachedDb: Db
  /** Undefined: the service as it is without a cache and without sessions. */
  readonly holdfast: Holdfast | undefined
  readonly credentials: readonly Credential[]
  /** The key of the audit trail's checksums. */
  readonly auditKey: string
  /** False: clients may call as often as they like, as in a measurement. */
  readonly limitsRates: boolean
  readonly environment: Environment
  /** The token with which metrics are read from elsewhere. Undefined: from this machine only. */
  readonly metricsToken: string | undefined
  /** Told of every alert that begins or ends, as a line of JSON. */
  readonly onAlert: (line: string) => void
  /** Told of every error that is the service's own fault, with the request it happened in. */
  readonly onFailure: (request: string, error: unknown) => void
}

/** The service, put together but not listening. */
export interface App {
  readonly server: FastifyInstance
  readonly routes: readonly Route[]
  readonly requirements: Requirements
  readonly features: Features
  readonly sources: Sources
  readonly dictionary: Dictionary
  readonly accounts: Accounts
}

export function createApp(deps: AppDeps): App {
  const { db, cachedDb, holdfast, credentials, auditKey, limitsRates, environment, metricsToken, onAlert, onFailure } =
    deps
  const cache = holdfast?.cache ?? withoutCache()
  const runWrite = holdfast ? createRunWrite(holdfast.cache) : runWithoutCache
  const nowMs = Date.now
  const monoMs = () => performance.now()
  const repositories = {
    requirements: createAstraRequirements(db),
    features: createAstraFeatures(db),
    audit: createAstraAudit(db),
  }
  const audit = createAudit({
    repository: repositories.audit,
    features: () => repositories.features.summaries(),
    cache,
    runWrite,
    key: auditKey,
  })
  const requirements = createRequirements({ repository: repositories.requirements, cache, runWrite, nowMs })
  const features = createFeatures({
    repository: repositories.features,
    cache,
    runWrite,
    record: (facts) => audit.record(facts),
    nowMs,
    randomBelow: (limit) => randomInt(limit),
  })
  const dictionary = createDictionary({ repository: createAstraDictionary(db), cache, runWrite, nowMs })
  const sources = withDictionary(
    createSources({ repository: createAstraSources(db), cache, runWrite }),
    dictionary,
    nowMs,
  )
  const preferences = createPreferences({ repository: createAstraPreferences(cachedDb), nowMs })
  const accounts = createAccounts({ repository: createAstraAccounts(db), nowMs })
  const ajv = createAjv()
  const schemas = createSchemas(ajv)
  const report = createReport({ requirements, features, repositories, cache, schemas, nowMs, monoMs })
  const rows = [
    ...healthRoutes(holdfast),
    ...requirementsRoutes(requirements, ajv),
    ...featuresRoutes(features, ajv),
    ...auditRoutes(audit, nowMs),
    ...schemaValidationRoutes(schemas, report, monoMs),
    ...sourcesRoutes(sources, ajv),
    ...dictionaryRoutes(dictionary, ajv),
    ...summaryRoutes(createSummary({ requirements, features, audit: repositories.audit, cache })),
    ...preferencesRoutes(preferences, ajv),
    ...(holdfast ? accountsRoutes(accounts, createLogin(accounts, holdfast.sessions), ajv) : []),
  ]
  const routes = [...rows, openApiRoute(rows)]
  const authenticate = createAuthenticate(credentials)
  const server = createServer({
    cache: holdfast?.cache,
    sessions: holdfast?.sessions,
    authenticate,
    operations:
      holdfast &&
      createOperations({
        holdfast,
        authenticate,
        environment,
        cachedFamilies: cachedFamilies(cachedDb),
        metricsToken,
        warmPlan: () => warmPlan({ requirements, features }),
        onAlert,
        onFailure,
      }),
    metricsToken,
    limitRate: limitsRates
      ? createRateLimits({ redis: holdfast?.redis, namespace: holdfast?.cache.namespace ?? 'ttrpg', monoMs })
      : undefined,
    routes,
    home: { requirements, features, sources, isOperated: holdfast !== undefined },
    onFailure,
  })
  return { server, routes, requirements, features, sources, dictionary, accounts }
}
