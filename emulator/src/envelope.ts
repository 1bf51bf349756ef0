import { randomUUID } from 'node:crypto'

import type { DataApiError } from './errors.ts'
import type { Json, JsonObject } from './json.ts'

/** One entry of `errors` in a reply. */
export interface ErrorDescriptor {
  readonly message: string
  readonly errorCode: string
  readonly id: string
  readonly title: string
  readonly family: 'REQUEST' | 'SERVER'
  readonly scope?: string
}

/** The body of a reply. */
export interface Reply {
  readonly data?: JsonObject
  readonly status?: JsonObject
  readonly errors?: readonly ErrorDescriptor[]
}

export function describeError({ message, code, kind }: DataApiError): ErrorDescriptor {
  return {
    message,
    errorCode: code,
    id: randomUUID(),
    title: kind.title,
    family: kind.family ?? 'REQUEST',
    ...(kind.scope !== undefined && { scope: kind.scope }),
  }
}

/** A document as a reply carries it: a miss is null, not an absent field. */
export function documentReply(document: JsonObject | undefined, status: Readonly<Record<string, Json>>): Reply {
  return { data: { document: document ?? null }, status }
}
