/**
 * The operators of a filter: each makes a test of one value out of its operand. As in the service's index, a scalar is
 * equal to a value and to any array that contains it; a range holds only within one kind, and for no array.
 */
import { compareValues, isSameValue } from './compare.ts'
import { DataApiError } from './errors.ts'
import { isArray, type Json } from './json.ts'
import { extensionOf, extensionProblem, kindOf, type Kind } from './values.ts'

/** Whether a value, undefined when it is missing, passes. */
export type Test = (value: Json | undefined) => boolean

const MAX_IN_VALUES = 100
const rangeKinds: ReadonlySet<Kind> = new Set(['number', 'string', 'boolean', 'date'])

const operators: Readonly<Record<string, (operand: Json) => Test>> = {
  $eq: equals,
  $ne: (operand) => not(equals(operand)),
  $gt: (operand) => range('$gt', operand, (order) => order > 0),
  $gte: (operand) => range('$gte', operand, (order) => order >= 0),
  $lt: (operand) => range('$lt', operand, (order) => order < 0),
  $lte: (operand) => range('$lte', operand, (order) => order <= 0),
  $in: (operand) => oneOf('$in', operand),
  $nin: (operand) => not(oneOf('$nin', operand)),
  $exists: exists,
  $all: containsAll,
  $size: hasSize,
}

/** Under `$not` a range becomes the opposite range, so a document without the field passes neither. */
const opposites: Readonly<Record<string, string>> = { $gt: '$lte', $gte: '$lt', $lt: '$gte', $lte: '$gt' }

export function isFilterOperator(name: string): boolean {
  return Object.hasOwn(operators, name)
}

/** @throws DataApiError when the operand does not suit the operator */
export function filterTest(operator: string, operand: Json, isNegated: boolean): Test {
  const opposite = isNegated ? opposites[operator] : undefined
  const make = operators[opposite ?? operator]
  if (make === undefined) {
    throw new DataApiError('FILTER_UNSUPPORTED_OPERATOR', `Unsupported filter operator '${operator}'.`)
  }
  const test = make(checkedOperand(operand))
  return isNegated && opposite === undefined ? not(test) : test
}

function checkedOperand(operand: Json): Json {
  const extension = extensionOf(operand)
  const problem = extension && extensionProblem(extension)
  if (problem !== undefined) throw invalidFilter(problem)
  return operand
}

function not(test: Test): Test {
  return (value) => !test(value)
}

function equals(operand: Json): Test {
  const kind = kindOf(operand)
  // Nulls are indexed by their own path only, objects and arrays as a whole.
  if (kind === 'null' || kind === 'object' || kind === 'array') return (value) => isSameValue(value, operand)
  return isOrContains(operand)
}

function isOrContains(operand: Json): Test {
  return (value) =>
    isSameValue(value, operand) || (isArray(value) && value.some((element) => isSameValue(element, operand)))
}

function range(operator: string, operand: Json, holds: (order: number) => boolean): Test {
  const kind = kindOf(operand)
  if (!rangeKinds.has(kind)) {
    throw invalidFilter(`${operator} operator must have \`DATE\` or \`NUMBER\` or \`TEXT\` or \`BOOLEAN\` value`)
  }
  return (value) => kindOf(value) === kind && holds(compareValues(value, operand))
}

function oneOf(operator: string, operand: Json): Test {
  if (!isArray(operand)) throw invalidFilter(`${operator} operator must have \`ARRAY\``)
  if (operand.length > MAX_IN_VALUES) {
    throw invalidFilter(`${operator} operator must have at most ${MAX_IN_VALUES} values`)
  }
  const tests = operand.map((candidate) => equals(checkedOperand(candidate)))
  return (value) => tests.some((test) => test(value))
}

function exists(operand: Json): Test {
  if (typeof operand !== 'boolean') throw invalidFilter('$exists operator must have `BOOLEAN`')
  return (value) => (value !== undefined) === operand
}

function containsAll(operand: Json): Test {
  if (!isArray(operand)) throw invalidFilter('$all operator must have `ARRAY` value')
  if (operand.length === 0) throw invalidFilter('$all operator must have at least one value')
  const tests = operand.map((element) => isOrContains(checkedOperand(element)))
  return (value) => tests.every((test) => test(value))
}

function hasSize(operand: Json): Test {
  if (typeof operand !== 'number') throw invalidFilter('$size operator must have integer')
  if (!Number.isInteger(operand)) throw invalidFilter('$size operator must have an integer value')
  if (operand < 0) throw invalidFilter('$size operator must have integer value >= 0')
  return (value) => isArray(value) && value.length === operand
}

export function invalidFilter(problem: string): DataApiError {
  return new DataApiError(
    'FILTER_INVALID_EXPRESSION',
    `Unsupported filter clause: ${problem}. Resend the command using only supported filter expressions and paths.`,
  )
}
