/** The update operators: each makes a change of a document out of one path and its argument. */
import { compareValues, isIdentical } from './compare.ts'
import { add, isNumber, multiply } from './exact-number.ts'
import { DataApiError, type ErrorCode } from './errors.ts'
import { isArray, isObject, typeName, type Json, type JsonObject } from './json.ts'
import { changeAt, removeAt } from './path-edit.ts'
import { parsePath, valueAt, type Path } from './path.ts'

/** A document to a document; the same one when there is nothing to change. */
export type Change = (document: JsonObject) => JsonObject

export interface OperatorArguments {
  readonly operator: string
  /** The path as it was written. */
  readonly name: string
  readonly path: Path
  readonly argument: Json
  readonly nowMs: number
}

export const updateOperators: Readonly<Record<string, (given: OperatorArguments) => Change>> = {
  $set: ({ path, argument }) => setTo(path, argument),
  $setOnInsert: ({ path, argument }) => setTo(path, argument),
  $unset:
    ({ path }) =>
    (document) =>
      removeAt(document, path),
  $inc: (given) => arithmetic(given, (old, by) => (old === undefined ? by : add(old, by))),
  $mul: (given) => arithmetic(given, (old, by) => (old === undefined ? 0 : multiply(old, by))),
  $min: (given) => keepIf(given, (order) => order <= 0),
  $max: (given) => keepIf(given, (order) => order >= 0),
  $currentDate: currentDate,
  $rename: rename,
  $push: push,
  $addToSet: addToSet,
  $pop: pop,
}

function setTo(path: Path, value: Json): Change {
  return (document) => changeAt(document, path, (old) => (isIdentical(old, value) ? old : value))
}

function arithmetic(given: OperatorArguments, compute: (old: Json | undefined, by: Json) => Json): Change {
  const { operator, name, path, argument } = given
  if (!isNumber(argument)) throw badParameter(`${operator} requires numeric parameter, got: ${typeName(argument)}`)
  return (document) =>
    changeAt(document, path, (old) => {
      if (old !== undefined && !isNumber(old)) throw badTarget(operator, 'Number', name, old)
      return compute(old, argument)
    })
}

/** Keeps what is there while its order to the argument passes. */
function keepIf({ path, argument }: OperatorArguments, keeps: (order: number) => boolean): Change {
  return (document) =>
    changeAt(document, path, (old) => (old !== undefined && keeps(compareValues(old, argument)) ? old : argument))
}

function currentDate({ path, argument, nowMs }: OperatorArguments): Change {
  const isDate = isObject(argument) && JSON.stringify(argument) === '{"$type":"date"}'
  if (argument !== true && !isDate) {
    throw badParameter('$currentDate requires argument of either `true` or `{"$type":"date"}`')
  }
  return setTo(path, { $date: nowMs })
}

function rename({ name, path, argument }: OperatorArguments): Change {
  if (typeof argument !== 'string')
    throw badParameter(`$rename requires STRING parameter for 'to', got: ${typeName(argument)}`)
  const target = parsePath(argument)
  if ('problem' in target) throw updateError('UNSUPPORTED_UPDATE_OPERATION_PATH', target.problem)
  return (document) => {
    const value = valueAt(document, path)
    if (value === undefined) return document
    refuseElement(document, path, `ARRAY field as source ('${name}')`)
    const moved = changeAt(removeAt(document, path), target.path, () => value)
    refuseElement(moved, target.path, `ARRAY field as destination ('${argument}')`)
    return moved
  }
}

function refuseElement(document: JsonObject, path: Path, what: string): void {
  const [first, ...rest] = path.slice(0, -1)
  if (first !== undefined && isArray(valueAt(document, [first, ...rest]))) {
    throw updateError('UNSUPPORTED_UPDATE_OPERATION_PATH', `$rename does not allow ${what}`)
  }
}

function push(given: OperatorArguments): Change {
  const { elements, position } = readElements(given, ['$each', '$position'])
  return (document) =>
    changeAt(document, given.path, (old) => {
      const array = arrayIn(old, given)
      // A negative position counts from the end, and splice counts as the service does.
      return array.toSpliced(position ?? array.length, 0, ...elements)
    })
}

function addToSet(given: OperatorArguments): Change {
  const { elements } = readElements(given, ['$each'])
  return (document) =>
    changeAt(document, given.path, (old) => {
      const array = arrayIn(old, given)
      const added: Json[] = []
      for (const element of elements) {
        if (![...array, ...added].some((present) => isIdentical(present, element))) added.push(element)
      }
      return old !== undefined && added.length === 0 ? old : [...array, ...added]
    })
}

function pop({ name, path, argument }: OperatorArguments): Change {
  if (argument !== 1 && argument !== -1) {
    throw badParameter(`$pop requires NUMBER argument (-1 or 1), instead got: ${JSON.stringify(argument)}`)
  }
  return (document) => {
    const array = valueAt(document, path)
    if (array === undefined) return document
    if (!isArray(array)) throw badTarget('$pop', 'ARRAY', name, array)
    if (array.length === 0) return document
    return changeAt(document, path, () => (argument === 1 ? array.slice(0, -1) : array.slice(1)))
  }
}

/** One element as it is, or those of `$each`. */
function readElements(
  { operator, argument }: OperatorArguments,
  modifiers: readonly string[],
): { readonly elements: readonly Json[]; readonly position?: number } {
  const names = isObject(argument) ? Object.keys(argument) : []
  if (!isObject(argument) || !names.some((name) => modifiers.includes(name))) return { elements: [argument] }
  const unknown = names.find((name) => !modifiers.includes(name))
  if (unknown !== undefined) {
    throw updateError(
      'UNSUPPORTED_UPDATE_OPERATION_MODIFIER',
      `${operator} only supports ${modifiers.join(' and ')}, not '${unknown}'`,
    )
  }
  const { $each: elements, $position: position } = argument
  if (!isArray(elements)) throw badParameter(`${operator} modifier $each requires ARRAY argument`)
  if (position === undefined) return { elements }
  if (typeof position !== 'number' || !Number.isInteger(position)) {
    throw badParameter(`${operator} modifier $position requires (integral) NUMBER argument`)
  }
  return { elements, position }
}

function arrayIn(old: Json | undefined, { operator, name }: OperatorArguments): readonly Json[] {
  if (old === undefined) return []
  if (!isArray(old)) throw badTarget(operator, 'ARRAY', name, old)
  return old
}

function badTarget(operator: string, needed: string, name: string, value: Json): DataApiError {
  return updateError(
    'UNSUPPORTED_UPDATE_OPERATION_TARGET',
    `${operator} requires target to be ${needed}; value at '${name}' of type ${typeName(value)}`,
  )
}

function badParameter(problem: string): DataApiError {
  return updateError('UNSUPPORTED_UPDATE_OPERATION_PARAM', problem)
}

function updateError(code: ErrorCode, problem: string): DataApiError {
  return new DataApiError(code, `Unsupported update operation: ${problem}.`)
}
