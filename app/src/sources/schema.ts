/** What clients send about sources (JSON Schema draft-07). What is in a document is the source's affair. */
export const FILE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,90}\.json$/

const document = { type: 'object', minProperties: 1 } as const

export const importSchema = {
  $id: 'import',
  title: 'Documents of a file',
  type: 'object',
  additionalProperties: false,
  required: ['file', 'documents'],
  properties: {
    file: { type: 'string', pattern: FILE.source },
    documents: { type: 'array', minItems: 1, maxItems: 100, items: document },
  },
} as const

export const replacementSchema = {
  $id: 'replacement',
  title: 'A document in another one’s place',
  type: 'object',
  additionalProperties: false,
  required: ['document'],
  properties: { document },
} as const
