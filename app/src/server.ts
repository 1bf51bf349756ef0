/**
 * The HTTP server: the routes' table on Fastify, with what every response has in common. Who may call a route is settled
 * before its body is read. Routes that know nobody never look at a cookie, so that they need no session store.
 */
import { isHoldfastError, type Cache, type Sessions } from 'holdfast'
import { fastifySessions } from 'holdfast/fastify'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'

import { accountOfSession, requireRole, type Account, type Authenticate } from './auth.ts'
import { databaseReason, isRefusedDocument, isUnavailable } from './database.ts'
import { HttpError, problemDetails, PROBLEM_TYPE } from './errors.ts'
import { homePage, type HomeDeps } from './home-page.ts'
import { loginPage } from './login-page.ts'
import { mountOperations } from './mount-operations.ts'
import type { Operations } from './operations.ts'
import type { LimitRate } from './rate-limits.ts'
import { ReadyJson, type Route, type RouteRequest } from './route.ts'
import { cacheHeaders, createTrace, runTraced, traceCache, type CacheTrace } from './x-cache.ts'

declare module 'fastify' {
  interface FastifyRequest {
    cacheTrace: CacheTrace | null
    account: Account | null
  }
}

export interface ServerDeps {
  /** Undefined: the service runs without one. */
  readonly cache: Cache | undefined
  readonly sessions: Sessions | undefined
  readonly authenticate: Authenticate
  /** What those who run the service look at. */
  readonly operations: Operations | undefined
  /** The token with which metrics are read from elsewhere; undefined: from this machine only. */
  readonly metricsToken: string | undefined
  /** Undefined: nothing is limited. */
  readonly limitRate: LimitRate | undefined
  readonly routes: readonly Route[]
  readonly home: HomeDeps
  /** Told of every error that is the service's own fault, with the request it happened in. */
  readonly onFailure: (request: string, error: unknown) => void
}

const BODY_LIMIT_BYTES = 1_048_576

/** A server that does not listen yet. */
export function createServer(deps: ServerDeps): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES, routerOptions: { maxParamLength: 300 } })
  app.decorateRequest('cacheTrace', null)
  app.decorateRequest('account', null)
  addCommonHeaders(app, deps.cache)
  addErrors(app, deps)
  const { sessions } = deps
  for (const route of deps.routes.filter((route) => !usesSession(route))) mount(app, route, deps)
  void app.register(async (scope) => {
    if (sessions) await scope.register(fastifySessions, { sessions })
    for (const route of deps.routes.filter(usesSession)) mount(scope, route, deps)
  })
  if (deps.operations) {
    mountOperations(app, deps.operations, deps.metricsToken)
    app.get('/login', async (_request, reply) => sendPage(reply, loginPage()))
  }
  app.get('/', async (_request, reply) => {
    return sendPage(reply, await homePage(deps.home, app.listeningOrigin))
  })
  return app
}

function sendPage(
  reply: FastifyReply,
  { html, contentSecurityPolicy }: { readonly html: string; readonly contentSecurityPolicy: string },
): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('Content-Security-Policy', contentSecurityPolicy).send(html)
}

function usesSession({ role, session }: Route): boolean {
  return role !== 'anyone' || session === true
}

function mount(app: FastifyInstance, route: Route, { authenticate, limitRate, sessions }: ServerDeps): void {
  const { method, path, role, limit, handler } = route
  const sessionOf = (request: FastifyRequest) => (sessions && usesSession(route) ? request.session : undefined)
  app.route({
    method,
    url: path,
    onRequest: async (request) => {
      const account = authenticate(request.headers.authorization) ?? accountOfSession(sessionOf(request))
      requireRole(account, role)
      request.account = account ?? null
      if (limit) await limitRate?.(limit, request.ip)
    },
    handler: async (request, reply) => {
      const result = await handler(routeRequest(request, sessionOf(request)))
      return result instanceof ReadyJson ? sendReady(reply, result) : result
    },
  })
}

function routeRequest(request: FastifyRequest, session: RouteRequest['session']): RouteRequest {
  const { params, query, body, account, headers, ip } = request
  return {
    params: params as Readonly<Record<string, string>>,
    query: query as Readonly<Record<string, unknown>>,
    body,
    account: account ?? undefined,
    session,
    address: ip,
    userAgent: headers['user-agent'],
    ifNoneMatch: headers['if-none-match'],
  }
}

// Kept by whoever got it, and asked about each time: so it is as fresh as the cache is, and sent once.
function sendReady(reply: FastifyReply, { answer: { body, etag, notModified } }: ReadyJson): FastifyReply {
  void reply.headers({ ETag: etag, 'Cache-Control': 'no-cache' })
  return notModified ? reply.code(304).send() : reply.type('application/json; charset=utf-8').send(body)
}

function addCommonHeaders(app: FastifyInstance, cache: Cache | undefined): void {
  if (cache) {
    const stopTracing = traceCache(cache)
    app.addHook('onClose', async () => stopTracing())
    // After the body has been read: reading it would leave the context.
    app.addHook('preHandler', (request, _reply, done) => {
      request.cacheTrace = createTrace()
      runTraced(request.cacheTrace, done)
    })
  }
  app.addHook('onSend', async (request, reply) => {
    if (!reply.hasHeader('cache-control')) void reply.header('Cache-Control', 'no-store')
    void reply.header('X-Content-Type-Options', 'nosniff')
    if (request.cacheTrace) void reply.headers(cacheHeaders(request.cacheTrace))
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

function sendError(reply: FastifyReply, error: HttpError): FastifyReply {
  return (
    reply
      .code(error.status)
      .headers({ 'Cache-Control': 'no-store', ...error.headers })
      .type(PROBLEM_TYPE)
      // Text, since Fastify would rename the type of an object.
      .send(JSON.stringify(problemDetails(error)))
  )
}

function toHttpError(error: FastifyError): HttpError {
  if (error instanceof HttpError) return error
  if (isUnavailable(error)) return new HttpError(503, 'The database did not answer', { 'Retry-After': '1' })
  if (isRefusedDocument(error)) return new HttpError(400, `The database refused the document: ${databaseReason(error)}`)
  if (isHoldfastError(error)) return ofHoldfast(error)
  // Fastify's own: a body that is no JSON, too long, or of another type.
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500) return new HttpError(status, error.message)
  return new HttpError(500, 'Internal server error')
}

/** What the sessions refuse, and what cannot be loaded now. */
function ofHoldfast(error: Error & { readonly code: string }): HttpError {
  if (error.code === 'ERR_HOLDFAST_OVERLOADED' || error.code === 'ERR_HOLDFAST_LOAD_FAILED')
    return new HttpError(503, 'The database did not answer', { 'Retry-After': '1' })
  const status = 'statusCode' in error ? Number(error.statusCode) : 500
  if (status === 503) return new HttpError(503, 'Sessions are not available: try again', { 'Retry-After': '1' })
  return new HttpError(status, status < 500 ? error.message : 'Internal server error')
}
