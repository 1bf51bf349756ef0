/** What a request of the client asks of the Data API: one command, of a database, a keyspace, or a collection or table. */
import { membersOf } from './raw-json.ts'

export interface DataApiCommand {
  readonly name: string
  /** What stands under the name, each member as its text. */
  readonly body: ReadonlyMap<string, string>
  readonly keyspace?: string
  /** A collection or a table: the request does not say which. */
  readonly collection?: string
}

/** The part of a request that says what it asks for. */
export interface AskedOf {
  readonly url: string
  readonly method: string
  readonly body: string | undefined
}

/** Astra's path and that of the self-hosted databases. */
const DEFAULT_PATHS: readonly string[] = ['api/json/v1', 'v1']

/**
 * @param apiPath the client's `dataApiPath`, where it is not one of the usual
 * @returns undefined for what is no command of the Data API, such as a request of the DevOps API
 */
export function readCommand({ url, method, body }: AskedOf, apiPath?: string): DataApiCommand | undefined {
  const place = method === 'POST' ? placeOf(url, apiPath === undefined ? DEFAULT_PATHS : [apiPath]) : undefined
  if (place === undefined || !body) return undefined
  try {
    const [command, second] = membersOf(body)
    if (command === undefined || second !== undefined) return undefined
    return { name: command[0], body: membersOf(command[1]), ...place }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function placeOf(
  url: string,
  paths: readonly string[],
): { readonly keyspace?: string; readonly collection?: string } | undefined {
  const path = new URL(url).pathname.split('/').filter(Boolean).map(decodeURIComponent)
  for (const base of paths) {
    const parts = base.split('/').filter(Boolean)
    if (path.length > parts.length + 2 || parts.some((part, index) => path[index] !== part)) continue
    const [keyspace, collection] = path.slice(parts.length)
    return { ...(keyspace !== undefined && { keyspace }), ...(collection !== undefined && { collection }) }
  }
  return undefined
}
