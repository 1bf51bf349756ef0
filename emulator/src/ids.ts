import { randomBytes, randomUUID } from 'node:crypto'

import { DataApiError } from './errors.ts'
import { isNumber, plainText } from './exact-number.ts'
import { typeName, type Json } from './json.ts'
import { extensionOf, extensionProblem, kindOf, scalarOf } from './values.ts'

/** What a collection gives a document that has no `_id`; a plain UUID string when nothing was chosen. */
export type DefaultId = 'uuid' | 'uuidv6' | 'uuidv7' | 'objectId'

const prefixes: Partial<Record<ReturnType<typeof kindOf>, string>> = {
  null: '0',
  number: 'n',
  string: 's',
  boolean: 'b',
  date: 'd',
}

/**
 * The text that identifies a document in its collection. A UUID or an object id has the key of its text.
 *
 * @throws DataApiError when the value cannot be an `_id`
 */
export function idKey(id: Json): string {
  const prefix = prefixes[kindOf(id)]
  if (prefix === undefined) throw badType(id)
  if (id === '') throw new DataApiError('SHRED_BAD_DOCID_VALUE', "Bad value for '_id' field: empty String not allowed.")
  if (isNumber(id)) return `${prefix}:${plainText(id)}`
  return `${prefix}:${scalarOf(id) as string | number | boolean | null}`
}

function badType(id: Json): DataApiError {
  const extension = extensionOf(id)
  const problem = extension === undefined ? `instead got ${typeName(id)}` : extensionProblem(extension)
  return new DataApiError(
    'SHRED_BAD_DOCID_TYPE',
    "Bad type for '_id' field: Document Id must be a JSON String, Number, Boolean, EJSON-Encoded Date Object or null, " +
      `${problem}.`,
  )
}

/** An id that is new. `nowMs` is the wall clock, which the kinds that sort by age begin with. */
export function newId(kind: DefaultId | undefined, nowMs: number): Json {
  switch (kind) {
    case 'uuid':
      return { $uuid: randomUUID() }
    case 'uuidv6':
      return { $uuid: uuidV6(nowMs) }
    case 'uuidv7':
      return { $uuid: uuidV7(nowMs) }
    case 'objectId':
      return { $objectId: hex(Math.floor(nowMs / 1000), 8) + randomBytes(8).toString('hex') }
    case undefined:
      return randomUUID()
  }
}

/** RFC 9562: 60 bits of time in units of 100 ns since 1582, most significant first. */
function uuidV6(nowMs: number): string {
  const ticks = hex((BigInt(nowMs) + 12_219_292_800_000n) * 10_000n, 15)
  return `${ticks.slice(0, 8)}-${ticks.slice(8, 12)}-6${ticks.slice(12)}-${randomUUID().slice(19)}`
}

/** RFC 9562: 48 bits of milliseconds since 1970, the rest random. */
function uuidV7(nowMs: number): string {
  const time = hex(nowMs, 12)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

function hex(value: number | bigint, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
