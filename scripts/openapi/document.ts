/*
 * The OpenAPI 3.1 document of the admin API, from its table of routes: what each takes by the schema that checks it, and what
 * it answers by the interface that its handler must return.
 */
import { toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'

import { PERMISSIONS, type Permission } from '../../src/admin/contract/access.ts'
import { STATUS_OF } from '../../src/admin/contract/problem.ts'
import type { RouteShape } from '../../src/admin/contract/route.ts'
import { ROUTES } from '../../src/admin/contract/table.ts'
import type { JsonSchema } from './interfaces.ts'

export function openApi(schemas: Readonly<Record<string, JsonSchema>>, version: string): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {}
  for (const [name, route] of Object.entries(ROUTES)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast admin API',
      version,
      description:
        'Paths are relative to wherever it is mounted. Who asks is settled by the deployment, not by this API.',
    },
    servers: [{ url: '.' }],
    paths,
    components: {
      schemas: reachable(schemas, ['ProblemBody', ...Object.values(ROUTES).map(({ answers }) => answers)]),
      responses: {
        problem: {
          description: `Something is wrong; \`code\` is one of ${Object.keys(STATUS_OF).join(', ')}.`,
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemBody' } } },
        },
      },
    },
  }
}

function operation(name: string, route: RouteShape): JsonSchema {
  const { path, access, summary, query, body, answers, status = 200, contentType = 'application/json' } = route
  const isJson = contentType === 'application/json'
  const role = access in PERMISSIONS ? PERMISSIONS[access as Permission] : undefined
  return {
    operationId: name,
    summary,
    description: role
      ? `Needs the permission \`${access}\`, which ${role} and those above have.`
      : `Access: ${access}.`,
    'x-permission': access,
    ...(role && { 'x-role': role }),
    parameters: [...inPath(path), ...inQuery(query)],
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body) } } } }),
    responses: {
      [status]: {
        description: summary,
        content: {
          [contentType]: { schema: isJson ? { $ref: `#/components/schemas/${answers}` } : { type: 'string' } },
        },
      },
      default: { $ref: '#/components/responses/problem' },
    },
  }
}

function inPath(path: string): readonly JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function inQuery(query: v.GenericSchema | undefined): readonly JsonSchema[] {
  const environment = {
    name: 'environment',
    in: 'query',
    description: 'The environment that the caller believes this is; another one is refused with 409.',
    schema: { type: 'string' },
  }
  const properties = (query ? jsonSchema(query)['properties'] : undefined) ?? {}
  return [
    ...Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema: schema as unknown })),
    environment,
  ]
}

function jsonSchema(schema: v.GenericSchema): JsonSchema {
  const { $schema: _version, ...rest } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    // A pattern with flags has no words in JSON Schema.
    errorMode: 'ignore',
  })
  return rest
}

/** Those that are named, and what they name in turn. */
function reachable(
  schemas: Readonly<Record<string, JsonSchema>>,
  names: readonly string[],
): Readonly<Record<string, JsonSchema>> {
  const found = new Map<string, JsonSchema>()
  const visit = (name: string): void => {
    const schema = schemas[name]
    if (found.has(name) || !schema) return
    found.set(name, schema)
    for (const [, named = ''] of JSON.stringify(schema).matchAll(/#\/components\/schemas\/(\w+)/g)) visit(named)
  }
  for (const name of names) visit(name)
  return Object.fromEntries([...found].sort(([left], [right]) => (left < right ? -1 : 1)))
}
