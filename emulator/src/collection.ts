import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { idKey, type DefaultId } from './ids.ts'
import { parseIndexing, type Indexing } from './indexing.ts'
import { fieldOf, isObject, parseJson, type JsonObject } from './json.ts'
import { parseVectorSettings, type VectorSettings } from './vector.ts'

/** A stored document and its place in the collection's order, which an update does not change. */
export interface Row {
  readonly position: number
  readonly document: JsonObject
}

/** The documents of one collection, and what its definition says of them. */
export interface Collection {
  readonly indexing: Indexing
  readonly defaultId: DefaultId | undefined
  readonly vector: VectorSettings | undefined
  /** The documents with these keys that exist, in the collection's order. */
  byKeys(keys: readonly string[]): readonly Row[]
  /** The documents behind a position, in order. What is changed during the walk is seen by what remains of it. */
  scan(after: number): Iterable<Row>
  /** @returns false when a document with that `_id` exists */
  insert(document: JsonObject): boolean
  replace(row: Row, document: JsonObject): void
  remove(row: Row): void
  clear(): void
  count(): number
}

const SCAN_CHUNK = 500

/** The SQL of all collections, prepared once per database. */
export interface DocumentStatements {
  readonly byKey: StatementSync
  readonly chunk: StatementSync
  readonly insert: StatementSync
  readonly replace: StatementSync
  readonly remove: StatementSync
  readonly clear: StatementSync
  readonly count: StatementSync
}

export function openCollection(prepared: DocumentStatements, id: number, options: JsonObject): Collection {
  return {
    indexing: parseIndexing(fieldOf(options, 'indexing')),
    defaultId: defaultIdOf(options),
    vector: parseVectorSettings(fieldOf(options, 'vector')),
    byKeys: (keys) => {
      const found = [...new Set(keys)].map((key) => prepared.byKey.get(id, key)).filter((row) => row !== undefined)
      return found.map(toRow).toSorted((one, other) => one.position - other.position)
    },
    *scan(after) {
      let position = after
      for (;;) {
        const rows = prepared.chunk.all(id, position, SCAN_CHUNK).map(toRow)
        yield* rows
        position = rows.at(-1)?.position ?? position
        if (rows.length < SCAN_CHUNK) return
      }
    },
    insert: (document) => prepared.insert.run(id, keyOf(document), JSON.stringify(document)).changes === 1,
    replace({ position }, document) {
      prepared.replace.run(JSON.stringify(document), position)
    },
    remove({ position }) {
      prepared.remove.run(position)
    },
    clear() {
      prepared.clear.run(id)
    },
    count: () => Number(prepared.count.get(id)?.['total']),
  }
}

export function prepareDocuments(database: DatabaseSync): DocumentStatements {
  return {
    byKey: database.prepare('SELECT position, body FROM documents WHERE collection = ? AND key = ?'),
    chunk: database.prepare(
      'SELECT position, body FROM documents WHERE collection = ? AND position > ? ORDER BY position LIMIT ?',
    ),
    insert: database.prepare(
      'INSERT INTO documents (collection, key, body) VALUES (?, ?, ?) ON CONFLICT (collection, key) DO NOTHING',
    ),
    replace: database.prepare('UPDATE documents SET body = ? WHERE position = ?'),
    remove: database.prepare('DELETE FROM documents WHERE position = ?'),
    clear: database.prepare('DELETE FROM documents WHERE collection = ?'),
    count: database.prepare('SELECT count(*) AS total FROM documents WHERE collection = ?'),
  }
}

function toRow(row: Record<string, unknown>): Row {
  return { position: Number(row['position']), document: parseJson(String(row['body'])) as JsonObject }
}

function keyOf(document: JsonObject): string {
  return idKey(fieldOf(document, '_id') ?? null)
}

function defaultIdOf(options: JsonObject): DefaultId | undefined {
  const defaultId = fieldOf(options, 'defaultId')
  return isObject(defaultId) ? (fieldOf(defaultId, 'type') as DefaultId | undefined) : undefined
}
