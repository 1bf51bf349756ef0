/**
 * Where collections and documents are kept: one SQLite database, in memory or in a file. SQL knows a document by its
 * position (the order of insertion) and its key (the text of its `_id`); what is in it is matched in JavaScript. All
 * calls are synchronous, so a command that runs in `transaction` sees no other.
 */
import { DatabaseSync } from 'node:sqlite'

import { openCollection, prepareDocuments, type Collection } from './collection.ts'
import { parseJson, type JsonObject } from './json.ts'

export interface CollectionDefinition {
  readonly name: string
  /** As the client sent them. */
  readonly options: JsonObject
}

export interface Store {
  /** Runs `work`, and undoes all of it when it throws. */
  transaction<T>(work: () => T): T
  /** The definitions of a keyspace's collections, by name. */
  definitions(keyspace: string): readonly CollectionDefinition[]
  open(keyspace: string, name: string): Collection | undefined
  create(keyspace: string, definition: CollectionDefinition): void
  drop(keyspace: string, name: string): void
  /** Drops every collection of every keyspace. */
  reset(): void
  close(): void
}

const schema = `
  CREATE TABLE IF NOT EXISTS collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT, keyspace TEXT NOT NULL, name TEXT NOT NULL, options TEXT NOT NULL,
    UNIQUE (keyspace, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS documents (
    position INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (collection, key)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS documents_in_order ON documents (collection);
`

/** @param file where to keep the data; in memory when undefined */
export function openStore(file: string | undefined): Store {
  const database = new DatabaseSync(file ?? ':memory:')
  if (file !== undefined) database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  database.exec(schema)
  const documents = prepareDocuments(database)
  const list = database.prepare('SELECT name, options FROM collections WHERE keyspace = ? ORDER BY name')
  const find = database.prepare('SELECT id, options FROM collections WHERE keyspace = ? AND name = ?')
  const insert = database.prepare('INSERT INTO collections (keyspace, name, options) VALUES (?, ?, ?)')
  const remove = database.prepare('DELETE FROM collections WHERE id = ?')

  const open = (keyspace: string, name: string): Collection | undefined => {
    const row = find.get(keyspace, name)
    return row && openCollection(documents, Number(row['id']), parseOptions(row['options']))
  }
  return {
    transaction: (work) => runInTransaction(database, work),
    definitions: (keyspace) =>
      list.all(keyspace).map((row) => ({ name: String(row['name']), options: parseOptions(row['options']) })),
    open,
    create(keyspace, { name, options }) {
      insert.run(keyspace, name, JSON.stringify(options))
    },
    drop(keyspace, name) {
      open(keyspace, name)?.clear()
      const row = find.get(keyspace, name)
      if (row) remove.run(Number(row['id']))
    },
    reset: () => database.exec('DELETE FROM documents; DELETE FROM collections'),
    close: () => database.close(),
  }
}

function runInTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // SQLite has already ended the transaction after some errors, such as a full disk.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function parseOptions(text: unknown): JsonObject {
  return parseJson(String(text)) as JsonObject
}
