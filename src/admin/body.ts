/** What a request holds, read within a bound and checked against the route's schema before anything acts on it. */
import * as v from 'valibot'

import { Problem } from './problem.ts'

const MAX_BODY_BYTES = 256 * 1024

/** The JSON body of a request. @throws Problem when it is no JSON, too large, or not what the schema takes */
export async function readBody(request: Request, schema: v.GenericSchema): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new Problem('not-json', 'A body must be sent as content-type: application/json')
  const text = await readText(request)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Problem('bad-request', 'The body is not JSON')
  }
  return checked(schema, value, 'body')
}

/** The query of a request. @throws Problem */
export function readQuery(url: URL, schema: v.GenericSchema | undefined): unknown {
  const given = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    if (given.has(name)) throw new Problem('bad-request', `The query has ${name} twice`)
    given.set(name, value)
  }
  given.delete('environment')
  return checked(schema ?? v.strictObject({}), Object.fromEntries(given), 'query')
}

function checked(schema: v.GenericSchema, value: unknown, what: string): unknown {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const issues = result.issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', message: issue.message }))
  throw new Problem('bad-request', `The ${what} is not what this route takes`, { issues })
}

async function readText(request: Request): Promise<string> {
  const tooLarge = (): Problem => new Problem('body-too-large', `A body takes up to ${MAX_BODY_BYTES} bytes`)
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge()
  if (!request.body) return ''
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of request.body) {
    bytes += part.byteLength
    if (bytes > MAX_BODY_BYTES) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
