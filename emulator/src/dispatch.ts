/** Finds and runs the command that a request body names. Each runs in one transaction. */
import {
  keyspaces,
  type CollectionContext,
  type Command,
  type CommandContext,
  type KeyspaceContext,
} from './command.ts'
import { countDocuments } from './commands/count-documents.ts'
import { createCollection } from './commands/create-collection.ts'
import { deleteCollection } from './commands/delete-collection.ts'
import { deleteMany } from './commands/delete-many.ts'
import { deleteOne } from './commands/delete-one.ts'
import { estimatedDocumentCount } from './commands/estimated-document-count.ts'
import { findCollections } from './commands/find-collections.ts'
import { findKeyspaces } from './commands/find-keyspaces.ts'
import { findOneAndDelete } from './commands/find-one-and-delete.ts'
import { findOneAndReplace } from './commands/find-one-and-replace.ts'
import { findOneAndUpdate } from './commands/find-one-and-update.ts'
import { findOne } from './commands/find-one.ts'
import { find } from './commands/find.ts'
import { insertMany } from './commands/insert-many.ts'
import { insertOne } from './commands/insert-one.ts'
import { updateMany } from './commands/update-many.ts'
import { updateOne } from './commands/update-one.ts'
import type { Reply } from './envelope.ts'
import { DataApiError } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import type { Target } from './route.ts'

type Commands<Context extends CommandContext> = Readonly<Record<string, Command<Context>>>

const databaseCommands: Commands<CommandContext> = { findKeyspaces }

const keyspaceCommands: Commands<KeyspaceContext> = { createCollection, deleteCollection, findCollections }

const collectionCommands: Commands<CollectionContext> = {
  countDocuments,
  deleteMany,
  deleteOne,
  estimatedDocumentCount,
  find,
  findOne,
  findOneAndDelete,
  findOneAndReplace,
  findOneAndUpdate,
  insertMany,
  insertOne,
  updateMany,
  updateOne,
}

/**
 * Carries out the command in `payload`.
 *
 * @param onCommand called with the command's name when this server knows it, whether or not it succeeds
 * @throws DataApiError when it cannot be carried out; then nothing of it was
 */
export function execute(
  context: CommandContext,
  target: Target,
  payload: Json,
  onCommand: (name: string) => void,
): Reply {
  const { name, body } = readCommand(payload)
  const { store } = context
  switch (target.level) {
    case 'database': {
      const command = lookUp(databaseCommands, name, 'database command')
      onCommand(name)
      return store.transaction(() => command(context, body))
    }
    case 'keyspace': {
      const command = lookUp(keyspaceCommands, name, 'keyspace command')
      onCommand(name)
      const { keyspace } = target
      checkKeyspace(keyspace)
      return store.transaction(() => command({ ...context, keyspace }, body))
    }
    case 'collection': {
      const command = lookUp(collectionCommands, name, 'collection command')
      onCommand(name)
      checkKeyspace(target.keyspace)
      return store.transaction(() => command({ ...context, collection: openCollection(context, target) }, body))
    }
  }
}

function readCommand(payload: Json): { readonly name: string; readonly body: JsonObject } {
  const [entry, second] = isObject(payload) ? Object.entries(payload) : []
  if (entry === undefined || second !== undefined) {
    throw new DataApiError(
      'REQUEST_STRUCTURE_MISMATCH',
      'Request is valid JSON but has a structural mismatch: it must be an object with one field, the command.',
    )
  }
  const [name, body] = entry
  if (isObject(body)) return { name, body }
  throw new DataApiError('REQUEST_STRUCTURE_MISMATCH', `The value of the command '${name}' must be an object.`)
}

function lookUp<Context extends CommandContext>(
  commands: Commands<Context>,
  name: string,
  what: string,
): Command<Context> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command !== undefined) return command
  throw new DataApiError(
    'COMMAND_UNKNOWN',
    `Command '${name}' is not a ${what} recognized by this server (data-api-emulator: collections subset), ` +
      `which supports: ${Object.keys(commands).join(', ')}.`,
  )
}

function checkKeyspace(keyspace: string): void {
  if (keyspaces.includes(keyspace)) return
  throw new DataApiError(
    'UNKNOWN_KEYSPACE',
    `The command tried to use a Keyspace that does not exist in the Database: ${keyspace}.`,
  )
}

function openCollection({ store }: CommandContext, target: Extract<Target, { level: 'collection' }>) {
  const collection = store.open(target.keyspace, target.collection)
  if (collection !== undefined) return collection
  throw new DataApiError(
    'UNKNOWN_COLLECTION_OR_TABLE',
    `No collection or table with name '${target.collection}' exists in keyspace '${target.keyspace}'.`,
  )
}
