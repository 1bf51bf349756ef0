/**
 * The order and the equality of values. Between kinds the order is missing, null, numbers, strings, objects, arrays,
 * booleans, dates; within a kind it is the usual one. Fields of an object are compared in the order in which they
 * stand, so `{"a":1,"b":2}` and `{"b":2,"a":1}` differ.
 */
import { compareNumbers } from './exact-number.ts'
import type { Json, JsonObject } from './json.ts'
import { kindOf, scalarOf, type Kind } from './values.ts'

const rank: Readonly<Record<Kind, number>> = {
  missing: 0,
  null: 1,
  number: 2,
  string: 3,
  object: 4,
  array: 5,
  boolean: 6,
  date: 7,
}

/** @returns a negative number when `one` sorts before `other`, zero when neither does */
export function compareValues(one: Json | undefined, other: Json | undefined): number {
  const kind = kindOf(one)
  const byKind = rank[kind] - rank[kindOf(other)]
  if (byKind !== 0 || one === undefined || other === undefined || one === null || other === null) return byKind
  if (kind === 'number') return compareNumbers(one, other)
  if (kind === 'array') return compareArrays(one as readonly Json[], other as readonly Json[])
  if (kind === 'object') return compareObjects(one as JsonObject, other as JsonObject)
  const [left, right] = [scalarOf(one) as string, scalarOf(other) as string]
  return left < right ? -1 : left > right ? 1 : 0
}

/** Whether two values are equal, as `$eq` sees them when neither is taken as a list of candidates. */
export function isSameValue(one: Json | undefined, other: Json): boolean {
  const kind = kindOf(one)
  if (one === undefined || kind !== kindOf(other)) return false
  if (kind === 'object' || kind === 'array') return isIdentical(one, other)
  return kind === 'number' ? compareNumbers(one, other) === 0 : scalarOf(one) === scalarOf(other)
}

/** Whether two values are written alike: `{"$uuid": t}` and `t` are the same value, but not identical. */
export function isIdentical(one: Json | undefined, other: Json): one is Json {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other)
}

function compareArrays(one: readonly Json[], other: readonly Json[]): number {
  for (const [index, element] of one.entries()) {
    if (index >= other.length) return 1
    const difference = compareValues(element, other[index])
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

function compareObjects(one: JsonObject, other: JsonObject): number {
  const others = Object.entries(other)
  for (const [index, [name, value]] of Object.entries(one).entries()) {
    const entry = others[index]
    if (entry === undefined) return 1
    const difference = compareValues(name, entry[0]) || compareValues(value, entry[1])
    if (difference !== 0) return difference
  }
  return Object.keys(one).length - others.length
}
