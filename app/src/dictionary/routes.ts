import type { Ajv } from 'ajv'

import { notFound, unprocessable } from '../errors.ts'
import { readWhole } from '../query.ts'
import { accountOf, documentOr404, param, type Route } from '../route.ts'
import { checkFields, checkSchema } from '../validation.ts'
import { LONGEST_SEARCH, type Dictionary } from './cached.ts'
import { CATEGORY, TERM_ID, termSchema, wordsOf, type TermBody } from './term.ts'

const DEFAULT_LIMIT = 20
const LONGEST_QUESTION = 100
const MOST_WORDS = 8
const PATH = '/api/dictionary/terms/:term_id'
const ABSENT = 'There is no such term'

export function dictionaryRoutes(dictionary: Dictionary, ajv: Ajv): readonly Route[] {
  const validate = ajv.compile<TermBody>(termSchema)
  return [
    {
      method: 'GET',
      path: '/api/dictionary/search',
      role: 'anyone',
      summary: 'Terms that hold words beginning with each word of the question',
      query: {
        q: { type: 'string', minLength: 2, maxLength: LONGEST_QUESTION },
        category: { type: 'string', pattern: CATEGORY.source },
        limit: { type: 'integer', minimum: 1, maximum: LONGEST_SEARCH, default: DEFAULT_LIMIT },
      },
      problems: { 422: 'No question of 2 to 100 characters, no category, or a limit out of range' },
      async handler({ query }) {
        const limit = readWhole('limit', query['limit'], { fallback: DEFAULT_LIMIT, min: 1, max: LONGEST_SEARCH })
        const category = readCategory(query['category'])
        const { terms, total } = await dictionary.search(readQuestion(query['q']), category)
        return { terms: terms.slice(0, limit), total }
      },
    },
    {
      method: 'GET',
      path: '/api/dictionary/stats',
      role: 'anyone',
      summary: 'How many terms there are, by category and by source: a walk through the whole dictionary',
      handler: () => dictionary.stats(),
    },
    {
      method: 'GET',
      path: PATH,
      role: 'anyone',
      summary: 'One term',
      problems: { 404: ABSENT },
      async handler(request) {
        const id = readId(param(request, 'term_id'))
        return documentOr404(await dictionary.byIdJson(id, request.ifNoneMatch), ABSENT)
      },
    },
    {
      method: 'PUT',
      path: PATH,
      role: 'admin',
      summary: 'Adds a term, or takes the place of the one with its id',
      limit: 'admin',
      body: termSchema,
      problems: { 400: 'The term does not match its schema', 404: 'No id of a term', 422: 'A field is missing' },
      async handler(request) {
        const id = readId(param(request, 'term_id'))
        const fields = checkFields(request.body, ['term', 'definition', 'category', 'source'])
        return dictionary.put(id, checkSchema(validate, fields), accountOf(request).user)
      },
    },
    {
      method: 'DELETE',
      path: PATH,
      role: 'admin',
      summary: 'Takes out a term',
      limit: 'admin',
      problems: { 404: ABSENT },
      async handler(request) {
        if (await dictionary.remove(readId(param(request, 'term_id')), accountOf(request).user))
          return { success: true }
        throw notFound(ABSENT)
      },
    },
  ]
}

/** The words of a question: one that differs in case, marks or order is the same one. */
function readQuestion(text: unknown): readonly string[] {
  const words = typeof text === 'string' && text.length <= LONGEST_QUESTION ? wordsOf(text) : []
  const usable = words.filter((word) => word.length > 1).slice(0, MOST_WORDS)
  if (usable.length > 0) return usable
  const msg = `q must hold a word of at least 2 characters, and at most ${LONGEST_QUESTION}`
  throw unprocessable([{ type: 'string_length', loc: ['query', 'q'], msg, input: shown(text) }])
}

function readCategory(text: unknown): string | undefined {
  if (text === undefined || (typeof text === 'string' && CATEGORY.test(text))) return text
  const msg = 'category must be lower-case letters, digits and hyphens'
  throw unprocessable([{ type: 'string_pattern', loc: ['query', 'category'], msg, input: shown(text) }])
}

function readId(text: string): string {
  if (TERM_ID.test(text)) return text
  throw notFound(ABSENT)
}

/** What was asked, shortened; of a parameter that was given twice there is nothing to show. */
function shown(text: unknown): string | null {
  return typeof text === 'string' ? text.slice(0, 100) : null
}
