/** A term of the rules: what it means, and which source says so. */
export interface Term {
  /** Names it in paths: `spells:acid-arrow`. */
  readonly id: string
  readonly term: string
  readonly definition: string
  /** What kind of term it is, such as `spells`. */
  readonly category: string
  readonly source: string
  /** ISO 8601 in UTC. */
  readonly updated_at: string
}

/** What a person writes of a term; the path has its id. */
export type TermBody = Pick<Term, 'term' | 'definition' | 'category' | 'source'>

export const CATEGORY = /^[a-z0-9-]{1,50}$/
export const TERM_ID = /^[a-z0-9-]{1,50}:[a-z0-9-]{1,100}$/

const text = (max: number) => ({ type: 'string', minLength: 1, maxLength: max, format: 'text' }) as const

/** What PUT takes of a term (JSON Schema draft-07). */
export const termSchema = {
  $id: 'term',
  title: 'A term of the dictionary',
  type: 'object',
  additionalProperties: false,
  required: ['term', 'definition', 'category', 'source'],
  properties: {
    term: text(200),
    definition: text(2000),
    category: { type: 'string', pattern: CATEGORY.source },
    source: text(200),
  },
} as const

const SHORTEST_BEGINNING = 2
const LONGEST_BEGINNING = 12
// What the Data API indexes of an array, with room to spare.
const MOST_WORDS = 300

/** The words by which a text is found, in lower case and without marks. */
export function wordsOf(text: string): readonly string[] {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return [...new Set(plain.match(/[\p{L}\d]+/gu) ?? [])]
}

/** The words of a term and their beginnings, so that it is found while it is being typed. */
export function searchWords(term: string): readonly string[] {
  const found = wordsOf(term).flatMap((word) => [
    word,
    ...Array.from({ length: Math.min(word.length, LONGEST_BEGINNING) - SHORTEST_BEGINNING + 1 }, (_none, at) =>
      word.slice(0, at + SHORTEST_BEGINNING),
    ),
  ])
  return [...new Set(found)].slice(0, MOST_WORDS)
}

/** The term that a document of a source describes; undefined when it has no name. */
export function termOfDocument(file: string, document: object, at: string): Term | undefined {
  const { name, desc } = document as { readonly name?: unknown; readonly desc?: unknown }
  const slug = typeof name === 'string' ? wordsOf(name).join('-').slice(0, 100) : ''
  const category = wordsOf(file.replace(/\.json$/, ''))
    .join('-')
    .slice(0, 50)
  if (typeof name !== 'string' || !/^[a-z0-9-]+$/.test(slug) || !CATEGORY.test(category)) return undefined
  const told = Array.isArray(desc) ? desc.filter((line) => typeof line === 'string').join(' ') : desc
  const definition = typeof told === 'string' && told !== '' ? told.slice(0, 500) : name
  return { id: `${category}:${slug}`, term: name.slice(0, 200), definition, category, source: file, updated_at: at }
}
