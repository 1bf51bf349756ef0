/**
 * Checks of what comes in, in two steps with two answers. The shape that a route needs (a JSON object with these fields)
 * is checked by hand and answered with 422 and a list of problems; the document's schema is checked by Ajv and answered
 * with 400 and one sentence. Both list everything that is wrong, not the first thing, up to a limit.
 */
import { Ajv, type ErrorObject, type Format, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'

import { HttpError, unprocessable } from './errors.ts'

const PROBLEMS_SHOWN = 10

// Of the control characters, text may hold tabs and line breaks.
const CONTROL = /[^\P{Cc}\t\n\r]/u

/** Text that can be shown: well-formed Unicode without control characters. */
const text: Format = { type: 'string', validate: (value: string) => value.isWellFormed() && !CONTROL.test(value) }

/** A compiler of schemas that knows the formats in use: `text`, and those of ajv-formats. Make one, at start. */
export function createAjv(): Ajv {
  const ajv = new Ajv({ allErrors: true, strict: true })
  formats.default(ajv, ['date-time', 'email', 'uri'])
  return ajv.addFormat('text', text)
}

/** @throws HttpError 400 that names each place in `value` where it is not what the schema says */
export function checkSchema<T>(validate: ValidateFunction<T>, value: unknown): T {
  if (validate(value)) return value
  throw new HttpError(400, `Schema validation failed: ${describe(validate.errors ?? [])}`)
}

/** @throws HttpError 422 unless `body` is a JSON object in which each of `fields` is present */
export function checkFields(body: unknown, fields: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isObject(body)) {
    throw unprocessable([
      { type: 'object_type', loc: ['body'], msg: 'The body must be a JSON object', input: body ?? null },
    ])
  }
  const missing = fields.filter((field) => body[field] === undefined)
  if (missing.length === 0) return body
  throw unprocessable(
    missing.map((field) => ({ type: 'missing', loc: ['body', field], msg: `${field} is required`, input: null })),
  )
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describe(errors: readonly ErrorObject[]): string {
  const sentences = [...new Set(errors.filter(({ keyword }) => keyword !== 'if').map(sentence))]
  const more = sentences.length - PROBLEMS_SHOWN
  return sentences.slice(0, PROBLEMS_SHOWN).join('; ') + (more > 0 ? `; and ${more} more` : '')
}

function sentence({ instancePath, keyword, params, message }: ErrorObject): string {
  const place = instancePath === '' ? 'document' : instancePath.slice(1).replaceAll('/', '.')
  if (keyword === 'additionalProperties')
    return `${place}: has the unknown field ${quote(params['additionalProperty'])}`
  if (keyword === 'required') return `${place}: lacks ${quote(params['missingProperty'])}`
  if (keyword === 'enum') return `${place}: must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`
  if (keyword === 'format' && params['format'] === 'text')
    return `${place}: holds a control character or broken Unicode`
  return `${place}: ${message ?? keyword}`
}

// The name of an unknown field is the client's text, so it is shown as JSON and shortened.
function quote(name: unknown): string {
  const shown = String(name)
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 60)}…` : shown)
}
