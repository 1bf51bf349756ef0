import type { Command, KeyspaceContext } from '../command.ts'
import { DataApiError } from '../errors.ts'
import { optional, readFields, required } from '../fields.ts'
import { parseIndexing } from '../indexing.ts'
import type { JsonObject } from '../json.ts'
import { parseVectorSettings } from '../vector.ts'

const defaultIdTypes: readonly unknown[] = ['uuid', 'uuidv6', 'uuidv7', 'objectId']
const names = /^\w{1,48}$/

/** Creating a collection again, as it is, does nothing. */
export const createCollection: Command<KeyspaceContext> = ({ store, keyspace }, body) => {
  const fields = readFields(body, 'createCollection', ['name', 'options'])
  const name = required(fields, 'name')
  if (typeof name !== 'string' || !names.test(name)) {
    throw new DataApiError(
      'UNSUPPORTED_SCHEMA_NAME',
      'The supported collection names must not be empty, more than 48 characters long, or contain ' +
        `non-alphanumeric-underscore characters. The command used the name: ${JSON.stringify(name)}.`,
    )
  }
  const options = readOptions(fields)
  const existing = store.definitions(keyspace).find((definition) => definition.name === name)
  if (existing === undefined) {
    store.create(keyspace, { name, options })
  } else if (JSON.stringify(existing.options) !== JSON.stringify(options)) {
    throw new DataApiError(
      'EXISTING_COLLECTION_DIFFERENT_SETTINGS',
      `Collection '${name}' already exists but with settings different from ones passed with 'createCollection' command.`,
    )
  }
  return { status: { ok: 1 } }
}

/** The options that are there, in one order, so that equal settings are equal text. */
function readOptions(fields: JsonObject): JsonObject {
  const given = optional(fields, 'options')
  const options = readFields(given, 'options', ['defaultId', 'indexing', 'vector', 'lexical', 'rerank'])
  const refused = ['lexical', 'rerank'].find((name) => optional(options, name) !== undefined)
  if (refused !== undefined) throw invalidOptions(`'${refused}' is not supported by this emulator`)
  const indexing = optional(options, 'indexing')
  const vector = optional(options, 'vector')
  parseVectorSettings(readFields(vector, 'vector', ['dimension', 'metric', 'service', 'sourceModel']) && vector)
  parseIndexing(indexing)
  const defaultId = optional(options, 'defaultId')
  const type = optional(readFields(defaultId, 'defaultId', ['type']), 'type')
  if (defaultId !== undefined && !defaultIdTypes.includes(type)) {
    throw invalidOptions(`'defaultId.type' must be one of ${defaultIdTypes.join(', ')}`)
  }
  return {
    ...(defaultId !== undefined && { defaultId }),
    ...(indexing !== undefined && { indexing }),
    ...(vector !== undefined && { vector }),
  }
}

function invalidOptions(problem: string): DataApiError {
  return new DataApiError(
    'INVALID_CREATE_COLLECTION_OPTIONS',
    `'createCollection' command option(s) invalid: ${problem}. Resend 'createCollection' with valid options.`,
  )
}
