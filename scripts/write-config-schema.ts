/*
 * Writes config.schema.json, by which editors complete and check a configuration file, from the schema that loads it.
 * With --check it writes nothing and fails when the file is out of date. Format the file after writing it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

import { toJsonSchema, type JsonSchema } from '@valibot/to-json-schema'

import { entriesOf, unwrap } from '../src/config/leaves.ts'
import { fileSchema } from '../src/config/schema.ts'

const file = join(import.meta.dirname, '..', 'config.schema.json')
const placeholder: JsonSchema = { type: 'string', pattern: String.raw`\$\{` }

/** The groups that stand in a file and in each of its sections are written once. */
const groups = Object.entries(entriesOf(fileSchema) ?? {}).filter(([name]) => ['redis', 'cache', 'ttls'].includes(name))

/** A setting is also given by a text with a variable in it, whatever its type is. */
function withPlaceholders(schema: JsonSchema): JsonSchema {
  if (schema.$ref !== undefined) return schema
  if (schema.properties !== undefined) {
    const properties = Object.entries(schema.properties).map(([key, member]) => [key, deep(key, member)])
    return { ...schema, properties: Object.fromEntries(properties) }
  }
  const { description, default: fallback, ...type } = schema
  if (type.items !== undefined && typeof type.items === 'object' && !Array.isArray(type.items)) {
    type.items = withPlaceholders(type.items)
  }
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [...(type.anyOf ?? [type]), placeholder],
  }
}

function deep(key: string, member: JsonSchema | boolean): JsonSchema | boolean {
  return key === '$schema' || typeof member === 'boolean' ? member : withPlaceholders(member)
}

const { $defs = {}, ...root } = toJsonSchema(fileSchema, {
  target: 'draft-2020-12',
  typeMode: 'input',
  definitions: Object.fromEntries(groups.map(([name, group]) => [name, unwrap(group)])),
  ignoreActions: ['metadata', 'check'],
})
const schema = {
  title: 'Holdfast configuration',
  ...withPlaceholders(root),
  $defs: Object.fromEntries(Object.entries($defs).map(([name, group]) => [name, deep(name, group)])),
}

if (!process.argv.includes('--check')) {
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`)
} else if (!isDeepStrictEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(schema)))) {
  process.stderr.write('config.schema.json is out of date: run node scripts/write-config-schema.ts\n')
  process.exitCode = 1
}
