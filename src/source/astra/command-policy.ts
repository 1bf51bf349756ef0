/**
 * What each command of the Data API reads and what it changes: the one place that knows. A command that is not in the table
 * is taken for a write of everything it could reach, so that a newer client costs hits and never a stale read.
 * The tags are those of astra-tags.ts. Nothing here asks the database or the cache.
 */
import type { InvalidationTargets } from '../../keys/target.ts'
import { collectionTag, documentsTag, documentTag, schemaTag, type Place } from './astra-tags.ts'
import type { DataApiCommand } from './data-api-command.ts'
import { idsOfChange, idsOfFilter, idsOfInserts } from './pinned-ids.ts'
import { membersOf } from './raw-json.ts'

/**
 * What a read depends on: `documents` that it names by id; the whole collection; the database's guess of what is nearest
 * (vectors, reranking, full text); the schema.
 */
export type ReadKind = 'documents' | 'query' | 'search' | 'schema'

export type CommandPolicy =
  | { readonly kind: 'read'; readonly reads: ReadKind; readonly tags: readonly string[] }
  | { readonly kind: 'write'; readonly invalidates: InvalidationTargets }
  | { readonly kind: 'pass' }

type InCollection = (place: Place, body: ReadonlyMap<string, string>) => CommandPolicy
type InKeyspace = (alias: string, keyspace: string, body: ReadonlyMap<string, string>) => CommandPolicy
type InDatabase = (alias: string, body: ReadonlyMap<string, string>) => CommandPolicy

const collectionCommands: Readonly<Record<string, InCollection>> = {
  findOne: readOf,
  find: readOf,
  countDocuments: readOf,
  estimatedDocumentCount: (place) => ({ kind: 'read', reads: 'query', tags: [collectionTag(place)] }),
  findAndRerank: (place) => ({ kind: 'read', reads: 'search', tags: [collectionTag(place)] }),
  insertOne: (place, body) => writeOf(place, idsOfInserts(body)),
  insertMany: (place, body) => writeOf(place, idsOfInserts(body)),
  updateOne: (place, body) => writeOf(place, idsOfChange(body)),
  updateMany: (place, body) => writeOf(place, idsOfChange(body)),
  findOneAndUpdate: (place, body) => writeOf(place, idsOfChange(body)),
  findOneAndReplace: (place, body) => writeOf(place, idsOfChange(body)),
  findOneAndDelete: (place, body) => writeOf(place, idsOfChange(body)),
  deleteOne: (place, body) => writeOf(place, idsOfChange(body)),
  deleteMany: (place, body) => writeOf(place, idsOfChange(body)),
  listIndexes: ({ alias, keyspace }) => schemaOf(alias, keyspace),
  alterTable: changedWhole,
  createIndex: changedWhole,
  createVectorIndex: changedWhole,
  createTextIndex: changedWhole,
}

const keyspaceCommands: Readonly<Record<string, InKeyspace>> = {
  findCollections: schemaOf,
  listTables: schemaOf,
  listTypes: schemaOf,
  createCollection: changedNamed,
  deleteCollection: changedNamed,
  createTable: changedNamed,
  dropTable: changedNamed,
  // Rows of any table may hold the type, and any table may have lost the index.
  dropIndex: changedKeyspace,
  createType: changedKeyspace,
  alterType: changedKeyspace,
  dropType: changedKeyspace,
}

const databaseCommands: Readonly<Record<string, InDatabase>> = {
  findKeyspaces: (alias) => schemaOf(alias),
  findEmbeddingProviders: (alias) => schemaOf(alias),
  findRerankingProviders: (alias) => schemaOf(alias),
  createKeyspace: (alias) => ({ kind: 'write', invalidates: { tags: [schemaTag(alias)] } }),
  dropKeyspace: (alias, body) => {
    const name = nameIn(body)
    return name === undefined ? changedDatabase(alias) : changedKeyspace(alias, name)
  },
}

/** The names of all commands that are known, for documents and tests. */
export const knownCommands: readonly string[] = [collectionCommands, keyspaceCommands, databaseCommands].flatMap(
  Object.keys,
)

/** @param alias what the database goes by in tags and keys */
export function policyOf(alias: string, { name, body, keyspace, collection }: DataApiCommand): CommandPolicy {
  if (keyspace === undefined) return (own(databaseCommands, name) ?? changedDatabase)(alias, body)
  if (collection === undefined) return (own(keyspaceCommands, name) ?? changedKeyspace)(alias, keyspace, body)
  return (own(collectionCommands, name) ?? changedWhole)({ alias, keyspace, collection }, body)
}

/** A request that is no command of the Data API: what only looks is passed on, anything else may have changed all of it. */
export function policyOfOther(alias: string, method: string): CommandPolicy {
  return method === 'GET' || method === 'HEAD' ? { kind: 'pass' } : changedDatabase(alias)
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

function readOf(place: Place, body: ReadonlyMap<string, string>): CommandPolicy {
  const ids = idsOfFilter(body)
  const isSearch = searches(body.get('sort'))
  if (ids === undefined || isSearch) {
    return { kind: 'read', reads: isSearch ? 'search' : 'query', tags: [collectionTag(place)] }
  }
  return { kind: 'read', reads: 'documents', tags: [...ids.map((id) => documentTag(place, id)), documentsTag(place)] }
}

/** A sort by anything but the values of fields: `$vector`, `$vectorize`, `$hybrid`, or a table's column of vectors. */
function searches(sort: string | undefined): boolean {
  if (!sort?.startsWith('{')) return false
  return [...membersOf(sort)].some(([name, value]) => name.startsWith('$') || (value !== '1' && value !== '-1'))
}

function writeOf(place: Place, ids: readonly string[] | undefined): CommandPolicy {
  if (ids === undefined) return changedWhole(place)
  const tags = [...new Set(ids)].map((id) => documentTag(place, id))
  return { kind: 'write', invalidates: { tags: [...tags, collectionTag(place)] } }
}

function changedWhole(place: Place): CommandPolicy {
  return { kind: 'write', invalidates: { tags: wholeOf(place) } }
}

function wholeOf(place: Place): readonly string[] {
  return [documentsTag(place), collectionTag(place), schemaTag(place.alias, place.keyspace)]
}

function schemaOf(alias: string, keyspace?: string): CommandPolicy {
  return { kind: 'read', reads: 'schema', tags: [schemaTag(alias, keyspace)] }
}

function changedNamed(alias: string, keyspace: string, body: ReadonlyMap<string, string>): CommandPolicy {
  const collection = nameIn(body)
  return collection === undefined ? changedKeyspace(alias, keyspace) : changedWhole({ alias, keyspace, collection })
}

function changedKeyspace(alias: string, keyspace: string): CommandPolicy {
  const pattern = `${literal(alias)}/${literal(keyspace)}[.:]*`
  return { kind: 'write', invalidates: { tags: [schemaTag(alias), schemaTag(alias, keyspace)], pattern } }
}

function changedDatabase(alias: string): CommandPolicy {
  return { kind: 'write', invalidates: { pattern: `${literal(alias)}/*` } }
}

function nameIn(body: ReadonlyMap<string, string>): string | undefined {
  const name: unknown = JSON.parse(body.get('name') ?? 'null')
  return typeof name === 'string' ? name : undefined
}

function literal(text: string): string {
  return text.replace(/[\\*?[\]]/g, (character) => `\\${character}`)
}
