/** The OpenAPI document of the service, made from the table that the server mounts, so that the two cannot differ. */
import { PROBLEM_TYPE } from './errors.ts'
import type { Route } from './route.ts'

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { type: { type: 'string' }, loc: { type: 'array' }, msg: { type: 'string' }, input: {} },
      },
    },
  },
} as const

/** The whole document (OpenAPI 3.1). */
export function openApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'TTRPG Center',
      version: '1.0.0',
      description: 'Requirements, feature requests, sources and a dictionary, whose reads go through Holdfast.',
    },
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'the cookie that /auth/login sets' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  }
}

/** The row of the table that answers with the document. */
export function openApiRoute(routes: readonly Route[]): Route {
  const route: Route = {
    method: 'GET',
    path: '/api/openapi.json',
    role: 'anyone',
    summary: 'This document',
    handler: async () => document,
  }
  const document = openApi([...routes, route])
  return route
}

/** The statuses that a route answers with, and what each means. */
export function answersOf({ method, role, limit, body, session, problems }: Route): Readonly<Record<number, string>> {
  const isWrite = method === 'POST' || method === 'PUT'
  const needsSession = role !== 'anyone' || session === true
  return {
    200: 'As asked',
    ...(isWrite && body && { 400: 'Not JSON', 413: 'More than 1 MiB', 415: 'Not JSON', 422: 'A field is missing' }),
    ...(role !== 'anyone' && { 401: 'Nobody is logged in, or not recently enough' }),
    ...(needsSession && { 403: 'The role may not, or another site sent the request' }),
    ...(limit && { 429: 'Too many requests; Retry-After says when to come back' }),
    503: 'The database did not answer',
    ...problems,
  }
}

function operationOf(route: Route): object {
  const { path, role, summary, query = {}, body } = route
  const parameters = [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: 'query', schema })),
  ]
  return {
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    ...(role !== 'anyone' && { security: [{ session: [] }, { token: [] }], 'x-role': role }),
    responses: Object.fromEntries(
      Object.entries(answersOf(route)).map(([status, description]) => [
        status,
        responseOf(Number(status), description),
      ]),
    ),
  }
}

function responseOf(status: number, description: string): object {
  if (status === 200) return { description, content: { 'application/json': {} } }
  const type = PROBLEM_TYPE.split(';')[0] ?? PROBLEM_TYPE
  return { description, content: { [type]: { schema: { $ref: '#/components/schemas/Problem' } } } }
}
