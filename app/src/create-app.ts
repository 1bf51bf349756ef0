import { randomInt } from 'node:crypto'

import type { Db } from '@datastax/astra-db-ts'
import type { FastifyInstance } from 'fastify'
import type { Cache } from 'holdfast'

import { createAuthenticate, type Credential } from './auth.ts'
import { createFeatures, type Features } from './features/cached.ts'
import { createAstraFeatures } from './features/repository.ts'
import { featuresRoutes } from './features/routes.ts'
import { createRunWrite } from './invalidation.ts'
import { createRequirements, type Requirements } from './requirements/cached.ts'
import { createAstraRequirements } from './requirements/repository.ts'
import { requirementsRoutes } from './requirements/routes.ts'
import type { Route } from './route.ts'
import { createServer } from './server.ts'
import { createSources, type Sources } from './sources/cached.ts'
import { createAstraSources } from './sources/repository.ts'
import { sourcesRoutes } from './sources/routes.ts'
import { createAjv } from './validation.ts'

export interface AppDeps {
  /** With the collections of `ensureCollections`. */
  readonly db: Db
  readonly cache: Cache
  readonly credentials: readonly Credential[]
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
}

export function createApp({ db, cache, credentials, onFailure }: AppDeps): App {
  const runWrite = createRunWrite(cache)
  const nowMs = Date.now
  const requirements = createRequirements({ repository: createAstraRequirements(db), cache, runWrite, nowMs })
  const features = createFeatures({
    repository: createAstraFeatures(db),
    cache,
    runWrite,
    nowMs,
    randomBelow: (limit) => randomInt(limit),
  })
  const sources = createSources({ repository: createAstraSources(db), cache, runWrite })
  const ajv = createAjv()
  const routes = [...requirementsRoutes(requirements, ajv), ...featuresRoutes(features, ajv), ...sourcesRoutes(sources)]
  const server = createServer({
    cache,
    authenticate: createAuthenticate(credentials),
    routes,
    home: { requirements, features, sources },
    onFailure,
  })
  return { server, routes, requirements, features, sources }
}
