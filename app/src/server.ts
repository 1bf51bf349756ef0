/**
 * The HTTP server: the routes' table on Fastify, with what every response has in common. Who may call a route is settled
 * before its body is read.
 */
import type { Cache } from 'holdfast'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify'

import { requireAdmin, type Account, type Authenticate } from './auth.ts'
import { databaseReason, isRefusedDocument, isUnavailable } from './database.ts'
import { HttpError, type Detail } from './errors.ts'
import { healthRoutes } from './health.ts'
import { homePage, type HomeDeps } from './home-page.ts'
import type { Route } from './route.ts'
import { cacheHeaders, createTrace, runTraced, traceCache, type CacheTrace } from './x-cache.ts'

declare module 'fastify' {
  interface FastifyRequest {
    cacheTrace: CacheTrace | null
    account: Account | null
  }
}

export interface ServerDeps {
  readonly cache: Cache
  readonly authenticate: Authenticate
  readonly routes: readonly Route[]
  readonly home: HomeDeps
  /** Told of every error that is the service's own fault, with the request it happened in. */
  readonly onFailure: (request: string, error: unknown) => void
}

const BODY_LIMIT_BYTES = 1_048_576

/** A server that does not listen yet. */
export function createServer(deps: ServerDeps): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES, routerOptions: { maxParamLength: 200 } })
  app.decorateRequest('cacheTrace', null)
  app.decorateRequest('account', null)
  addCommonHeaders(app, deps.cache)
  addErrors(app, deps)
  for (const route of [...healthRoutes(deps.cache), ...deps.routes]) mount(app, route, deps.authenticate)
  app.get('/', async (_request, reply) => {
    const { html, contentSecurityPolicy } = await homePage(deps.home, app.listeningOrigin)
    return reply.type('text/html; charset=utf-8').header('Content-Security-Policy', contentSecurityPolicy).send(html)
  })
  return app
}

function mount(app: FastifyInstance, { method, path, role, handler }: Route, authenticate: Authenticate): void {
  app.route({
    method,
    url: path,
    onRequest: async (request) => {
      const account = authenticate(request.headers.authorization)
      if (role === 'admin') requireAdmin(account)
      request.account = account ?? null
    },
    handler: async ({ params, query, body, account }) =>
      handler({
        params: params as Readonly<Record<string, string>>,
        query: query as Readonly<Record<string, unknown>>,
        body,
        account: account ?? undefined,
      }),
  })
}

function addCommonHeaders(app: FastifyInstance, cache: Cache): void {
  const stopTracing = traceCache(cache)
  app.addHook('onClose', async () => stopTracing())
  // After the body has been read: reading it would leave the context.
  app.addHook('preHandler', (request, _reply, done) => {
    request.cacheTrace = createTrace()
    runTraced(request.cacheTrace, done)
  })
  app.addHook('onSend', async (request, reply) => {
    reply.header('Cache-Control', 'no-store').header('X-Content-Type-Options', 'nosniff')
    if (request.cacheTrace) reply.headers(cacheHeaders(request.cacheTrace))
  })
}

function addErrors(app: FastifyInstance, { onFailure }: ServerDeps): void {
  app.setNotFoundHandler(async (_request, reply) => sendError(reply, new HttpError(404, 'Not found')))
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const answer = toHttpError(error)
    if (answer.status >= 500) onFailure(`${request.method} ${request.routeOptions.url ?? 'unknown route'}`, error)
    return sendError(reply, answer)
  })
}

function sendError(reply: FastifyReply, { status, detail, headers }: HttpError): FastifyReply {
  return reply
    .code(status)
    .headers(headers)
    .send({ detail } satisfies { detail: Detail })
}

function toHttpError(error: FastifyError): HttpError {
  if (error instanceof HttpError) return error
  if (isUnavailable(error)) return new HttpError(503, 'The database did not answer', { 'Retry-After': '1' })
  if (isRefusedDocument(error)) return new HttpError(400, `The database refused the document: ${databaseReason(error)}`)
  // Fastify's own: a body that is no JSON, too long, or of another type.
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500) return new HttpError(status, error.message)
  return new HttpError(500, 'Internal server error')
}
