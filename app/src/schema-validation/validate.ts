import type { ErrorObject } from 'ajv'

import type { KnownSchema } from './schemas.ts'

/** One thing in which a document is not what its schema says. */
export interface SchemaError {
  readonly field_path: string
  readonly message: string
  readonly schema_path: string
}

/** What a schema says of a document. */
export interface Validation {
  readonly is_valid: boolean
  readonly errors: readonly SchemaError[]
  readonly validation_time_ms: number
}

const MOST_ERRORS = 100

/** @param monoMs milliseconds of a clock that only rises */
export function validateWith({ validate }: KnownSchema, document: unknown, monoMs: () => number): Validation {
  const startedMs = monoMs()
  const is_valid = validate(document)
  const validation_time_ms = Math.round((monoMs() - startedMs) * 1000) / 1000
  // What the document holds there is not repeated: it may be long, or none of the reader's business.
  const errors = is_valid ? [] : (validate.errors ?? []).slice(0, MOST_ERRORS).map(schemaError)
  return { is_valid, errors, validation_time_ms }
}

function schemaError({ instancePath, message, keyword, params, schemaPath }: ErrorObject): SchemaError {
  const field = instancePath.slice(1).replaceAll('/', '.')
  const missing = keyword === 'required' ? `.${String(params['missingProperty'])}` : ''
  return { field_path: `${field}${missing}`.replace(/^\./, ''), message: message ?? keyword, schema_path: schemaPath }
}
