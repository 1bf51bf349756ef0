import { createHash } from 'node:crypto'

import type { Ajv, ValidateFunction } from 'ajv'

import { featureSchema } from '../features/schema.ts'
import { requirementsDocumentSchema } from '../requirements/schema.ts'

/** The schemas that documents can be held against, by their names in the API. */
export const SCHEMA_NAMES = ['requirements', 'feature_request'] as const

export type SchemaName = (typeof SCHEMA_NAMES)[number]

/** A schema, ready to be used. */
export interface KnownSchema {
  readonly name: SchemaName
  readonly schema: { readonly $schema: string; readonly title: string; readonly description: string }
  readonly validate: ValidateFunction
  /** Changes with the schema, so that no result of another one is taken for one of this. */
  readonly fingerprint: string
}

export type KnownSchemas = Readonly<Record<SchemaName, KnownSchema>>

const DRAFT_07 = 'http://json-schema.org/draft-07/schema#'

export function createSchemas(ajv: Ajv): KnownSchemas {
  const known = (name: SchemaName, body: { readonly title: string }, description: string): KnownSchema => {
    const schema = { $schema: DRAFT_07, description, ...body }
    const fingerprint = createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 16)
    return { name, schema, validate: ajv.compile(schema), fingerprint }
  }
  return {
    requirements: known('requirements', requirementsDocumentSchema, 'What is stored of a version of the requirements'),
    feature_request: known('feature_request', featureSchema, 'What is stored of a feature request'),
  }
}
