/**
 * Updates. A clause is read once into changes, each a function from document to document that returns its argument when
 * it has nothing to do. No two changes may touch overlapping paths, so their order does not matter.
 */
import { DataApiError } from './errors.ts'
import { isObject, typeName, type Json, type JsonObject } from './json.ts'
import { parsePath, type Path } from './path.ts'
import { updateOperators, type Change } from './update-operators.ts'

export interface Update {
  /**
   * The document after the update, which is `document` itself when nothing changed.
   *
   * @throws DataApiError when a value is not of the kind that an operator needs
   */
  apply(document: JsonObject, kind: 'existing' | 'upserted'): JsonObject
}

interface PlacedChange {
  readonly operator: string
  readonly change: Change
  readonly paths: readonly Path[]
}

/** @throws DataApiError when it is not an update that this server knows; `nowMs` is what `$currentDate` sets */
export function parseUpdate(definition: Json, nowMs: number): Update {
  if (!isObject(definition)) throw badType('update clause', definition)
  const changes = Object.entries(definition).flatMap(([operator, fields]) => readOperator(operator, fields, nowMs))
  refuseOverlap(changes)
  return {
    apply: (document, kind) =>
      changes
        .filter(({ operator }) => kind === 'upserted' || operator !== '$setOnInsert')
        .reduce((current, { change }) => change(current), document),
  }
}

function readOperator(operator: string, fields: Json, nowMs: number): readonly PlacedChange[] {
  const make = Object.hasOwn(updateOperators, operator) ? updateOperators[operator] : undefined
  if (make === undefined) {
    const reason = operator.startsWith('$')
      ? `Unrecognized update operator '${operator}'`
      : `Invalid update operator '${operator}' (must start with '$')`
    throw new DataApiError('UNSUPPORTED_UPDATE_OPERATION', `Unsupported update operation: ${reason}.`)
  }
  if (!isObject(fields)) throw badType(`argument of ${operator}`, fields)
  return Object.entries(fields).map(([name, argument]) => {
    const path = updatePath(operator, name)
    const paths =
      operator === '$rename' && typeof argument === 'string' ? [path, updatePath(operator, argument)] : [path]
    return { operator, change: make({ operator, name, path, argument, nowMs }), paths }
  })
}

function updatePath(operator: string, name: string): Path {
  const parsed = parsePath(name)
  if ('problem' in parsed) throw badPath(parsed.problem)
  if (name.startsWith('$') && name !== '$vector') throw badPath(`path cannot start with '$' ('${name}')`)
  if (parsed.path[0] === '_id' && operator !== '$setOnInsert') {
    throw new DataApiError(
      'UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID',
      `The command used the update operator: ${operator}. _id field cannot be updated using update operators.`,
    )
  }
  return parsed.path
}

function refuseOverlap(changes: readonly PlacedChange[]): void {
  const paths = changes.flatMap(({ paths }) => paths).toSorted((one, other) => one.length - other.length)
  for (const [index, path] of paths.entries()) {
    const overlapping = paths.slice(index + 1).find((other) => path.every((segment, at) => segment === other[at]))
    if (overlapping) throw badPath(`update operator path conflict: '${path.join('.')}' and '${overlapping.join('.')}'`)
  }
}

function badPath(problem: string): DataApiError {
  return new DataApiError('UNSUPPORTED_UPDATE_OPERATION_PATH', `Unsupported update operation path: ${problem}.`)
}

function badType(what: string, value: Json): DataApiError {
  return new DataApiError(
    'UNSUPPORTED_UPDATE_DATA_TYPE',
    `Unsupported update data type: ${what} must be a JSON Object, was ${typeName(value)}.`,
  )
}
