import { describe, expect, it } from 'vitest'

import { HttpError } from '../../../app/src/errors.ts'
import { checkFields, checkSchema, createAjv } from '../../../app/src/validation.ts'

const ajv = createAjv()
const validate = ajv.compile({
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', format: 'text', maxLength: 5 },
    level: { type: 'string', enum: ['low', 'high'] },
    many: { type: 'array', items: { type: 'integer' } },
  },
})

function refusal(work: () => unknown): HttpError {
  try {
    work()
  } catch (error) {
    if (error instanceof HttpError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('checkSchema', () => {
  it('gives back a value that fits the schema', () => {
    const value = { name: 'Ada', level: 'low' }
    expect(checkSchema(validate, value)).toBe(value)
  })

  it('answers 400 and names every place where a value does not fit', () => {
    const error = refusal(() => checkSchema(validate, { level: 'middle', many: [1, 'x'], extra: 1 }))
    expect(error.status).toBe(400)
    expect(error.message).toBe(
      'Schema validation failed: document: lacks "name"; document: has the unknown field "extra"; ' +
        'level: must be one of low, high; many.1: must be integer',
    )
  })

  it('lists ten problems and counts the rest', () => {
    const error = refusal(() => checkSchema(validate, { name: 'Ada', many: Array.from({ length: 13 }, () => 'x') }))
    expect(error.message).toMatch(/many\.9: must be integer; and 3 more$/)
  })

  it('shortens the name of an unknown field', () => {
    const error = refusal(() => checkSchema(validate, { name: 'Ada', ['x'.repeat(5000)]: 1 }))
    expect(error.message.length).toBeLessThan(200)
    expect(error.message).toMatch(/^Schema validation failed: document: has the unknown field "x+…"$/)
  })
})

describe('the format text', () => {
  it.each(['a\tb', 'a\nb', 'a\r\n', 'é漢', '<b>&'])('takes %j', (name) => {
    expect(checkSchema(validate, { name })).toEqual({ name })
  })

  it.each(['\u0000', '\u001b[m', '\u007f', '\u0085', '\ud800'])('refuses %j', (name) => {
    expect(refusal(() => checkSchema(validate, { name })).message).toBe(
      'Schema validation failed: name: holds a control character or broken Unicode',
    )
  })
})

describe('checkFields', () => {
  it.each([[null], [undefined], ['text'], [[1]]])('answers 422 to a body that is %j', (body) => {
    const error = refusal(() => checkFields(body, []))
    expect(error.status).toBe(422)
    expect(error.problems).toMatchObject([{ type: 'object_type', loc: ['body'] }])
  })

  it('answers 422 and lists every field that is missing', () => {
    const error = refusal(() => checkFields({ title: 't' }, ['title', 'version', 'description']))
    expect(error.status).toBe(422)
    expect(error.problems).toEqual([
      { type: 'missing', loc: ['body', 'version'], msg: 'version is required', input: null },
      { type: 'missing', loc: ['body', 'description'], msg: 'description is required', input: null },
    ])
  })
})
