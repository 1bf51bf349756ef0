import { HttpError } from '../errors.ts'
import type { Route } from '../route.ts'
import { checkFields } from '../validation.ts'
import type { Report } from './report.ts'
import { SCHEMA_NAMES, type KnownSchemas } from './schemas.ts'
import { validateWith } from './validate.ts'

/** @param monoMs milliseconds of a clock that only rises */
export function schemaValidationRoutes(
  schemas: KnownSchemas,
  report: () => Promise<Report>,
  monoMs: () => number,
): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/schemas',
      role: 'anyone',
      summary: 'The schemas that documents are held against',
      async handler() {
        const known = SCHEMA_NAMES.map((name) => {
          const { $schema, title, description } = schemas[name].schema
          return { name, title, description, version: $schema }
        })
        return { schemas: known, total: known.length }
      },
    },
    {
      method: 'POST',
      path: '/api/validate/schema',
      role: 'anyone',
      summary: 'What a schema says of a document; nothing is kept of it',
      limit: 'write',
      body: {
        type: 'object',
        required: ['schema_type', 'data'],
        properties: { schema_type: { type: 'string', enum: SCHEMA_NAMES }, data: { type: 'object' } },
      },
      problems: { 400: 'There is no such schema', 422: 'A field is missing' },
      async handler({ body }) {
        const { schema_type, data } = checkFields(body, ['schema_type', 'data'])
        const name = SCHEMA_NAMES.find((one) => one === schema_type)
        if (!name) throw new HttpError(400, `Invalid schema type: take one of ${SCHEMA_NAMES.join(', ')}`)
        return { schema_name: name, ...validateWith(schemas[name], data, monoMs) }
      },
    },
    {
      method: 'GET',
      path: '/api/validation/report',
      role: 'admin',
      summary: 'What the schemas say of everything that is stored',
      limit: 'admin',
      handler: report,
    },
  ]
}
