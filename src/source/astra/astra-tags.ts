/**
 * The tags of what is cached of a database. A read that pins its documents by id is stale when one of these changed, or any
 * document of unknown id; every other read is stale when anything in its collection changed:
 *
 *     read by ids    <alias>/<keyspace>.<collection>:<id> …, <alias>/<keyspace>.<collection>/docs
 *     other read     <alias>/<keyspace>.<collection>
 *     write by ids   marks <…>:<id> … and the collection's tag
 *     other write    marks <…>/docs and the collection's tag
 */
import { hash } from 'node:crypto'

/** A collection or table, in a keyspace, of a database that goes by an alias. */
export interface Place {
  readonly alias: string
  readonly keyspace: string
  readonly collection: string
}

/** Longer ids are hashed: a tag takes 1024 bytes. */
const MAX_ID = 200

/** The tag of every read that depends on more than single documents. */
export function collectionTag({ alias, keyspace, collection }: Place): string {
  return `${alias}/${keyspace}.${collection}`
}

/** The tag of every read by ids, for writes that do not tell which documents they change. */
export function documentsTag(place: Place): string {
  return `${collectionTag(place)}/docs`
}

/** The tag of reads by this id. @param id as text: see {@link idText} */
export function documentTag(place: Place, id: string): string {
  return `${collectionTag(place)}:${id.length <= MAX_ID ? id : `#${hash('sha256', id, 'base64url')}`}`
}

/** The tag of what is known of a keyspace's collections and tables; without a keyspace, of the keyspaces. */
export function schemaTag(alias: string, keyspace?: string): string {
  return keyspace === undefined ? `${alias}/schema` : `${alias}/${keyspace}/schema`
}

/** Kinds of ids whose letters have no case. */
const CASELESS = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{24})$/i

/**
 * An id as it stands in a tag. Different spellings of one id have one text; that two ids share one (`1` and `'1'`) costs a
 * reload, never a stale read.
 */
export function idText(id: unknown): string | undefined {
  switch (typeof id) {
    case 'string':
      return CASELESS.test(id) ? id.toLowerCase() : id
    case 'number':
    case 'boolean':
      return id === 0 ? '0' : String(id)
    case 'object':
      return id === null ? 'null' : extensionText(id)
    default:
      return undefined
  }
}

function extensionText(id: object): string | undefined {
  const [entry, second] = Object.entries(id) as [string, unknown][]
  if (entry === undefined || second !== undefined) return undefined
  const [name, value] = entry
  if (name === '$date') return typeof value === 'number' ? String(value) : undefined
  return name === '$uuid' || name === '$objectId' ? idText(value) : undefined
}
