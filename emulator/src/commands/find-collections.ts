import type { Command, KeyspaceContext } from '../command.ts'
import { flag, optional, readFields } from '../fields.ts'

export const findCollections: Command<KeyspaceContext> = ({ store, keyspace }, body) => {
  const fields = readFields(body, 'findCollections', ['options'])
  const options = readFields(optional(fields, 'options'), 'options', ['explain'])
  const definitions = store.definitions(keyspace).map(({ name, options }) => ({ name, options }))
  const collections = flag(options, 'explain') ? definitions : definitions.map(({ name }) => name)
  return { status: { collections } }
}
