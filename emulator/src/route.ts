/** What a request is addressed to: the database, one of its keyspaces, or a collection. */
export type Target =
  | { readonly level: 'database' }
  | { readonly level: 'keyspace'; readonly keyspace: string }
  | { readonly level: 'collection'; readonly keyspace: string; readonly collection: string }

/** Both forms of the service: `/api/json/v1` of Astra, `/v1` of the self-hosted ones. */
const paths = /^\/(?:api\/json\/)?v1(?:\/([^/]+)(?:\/([^/]+))?)?\/?$/

/** @returns undefined when there is nothing at that path */
export function parseTarget(pathname: string): Target | undefined {
  const match = paths.exec(pathname)
  if (match === null) return undefined
  const [, keyspace, collection] = match
  if (keyspace === undefined) return { level: 'database' }
  return collection === undefined ? { level: 'keyspace', keyspace } : { level: 'collection', keyspace, collection }
}
