import type { Command, KeyspaceContext } from '../command.ts'
import { invalidValue, readFields, required } from '../fields.ts'

/** Deleting a collection that does not exist succeeds. */
export const deleteCollection: Command<KeyspaceContext> = ({ store, keyspace }, body) => {
  const name = required(readFields(body, 'deleteCollection', ['name']), 'name')
  if (typeof name !== 'string') throw invalidValue('name', name, 'must be a String')
  store.drop(keyspace, name)
  return { status: { ok: 1 } }
}
