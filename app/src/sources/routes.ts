import type { Ajv } from 'ajv'

import { notFound } from '../errors.ts'
import { accountOf, documentOr404, param, type Route } from '../route.ts'
import { checkFields, checkSchema } from '../validation.ts'
import type { Sources } from './cached.ts'
import { documentsOf, fileOfId } from './import.ts'
import { importSchema, replacementSchema } from './schema.ts'

const ABSENT = 'There is no such document'
const PATH = '/api/sources/documents/:document_id'

export function sourcesRoutes(sources: Sources, ajv: Ajv): readonly Route[] {
  const validateImport = ajv.compile<{ readonly file: string; readonly documents: readonly object[] }>(importSchema)
  const validateReplacement = ajv.compile<{ readonly document: object }>(replacementSchema)
  return [
    {
      method: 'GET',
      path: '/api/sources',
      role: 'anyone',
      summary: 'The imported files and how many documents each brought: a walk through all documents',
      async handler() {
        const counts = await sources.counts()
        return { sources: counts, total: counts.reduce((total, { documents }) => total + documents, 0) }
      },
    },
    {
      method: 'GET',
      path: PATH,
      role: 'anyone',
      summary: 'One imported document',
      problems: { 404: ABSENT },
      async handler(request) {
        const id = param(request, 'document_id')
        if (fileOfId(id) === undefined) throw notFound(ABSENT)
        return documentOr404(await sources.byIdJson(id, request.ifNoneMatch), ABSENT)
      },
    },
    {
      method: 'POST',
      path: '/api/sources/import',
      role: 'admin',
      summary: 'Imports up to a hundred documents of a file; those that are there already stay as they are',
      limit: 'upload',
      body: importSchema,
      problems: { 400: 'Not a file with documents', 422: 'A field is missing' },
      async handler(request) {
        const body = checkSchema(validateImport, checkFields(request.body, ['file', 'documents']))
        return sources.insert(documentsOf(body.file, body.documents), accountOf(request).user)
      },
    },
    {
      method: 'PUT',
      path: PATH,
      role: 'admin',
      summary: 'Puts a document in the place of the one with its id',
      limit: 'admin',
      body: replacementSchema,
      problems: { 400: 'Not a document', 404: 'No id of a document', 422: 'The document is missing' },
      async handler(request) {
        const _id = param(request, 'document_id')
        const file = fileOfId(_id)
        if (file === undefined) throw notFound(ABSENT)
        const { document } = checkSchema(validateReplacement, checkFields(request.body, ['document']))
        await sources.replace({ _id, file, document }, accountOf(request).user)
        return { success: true, document_id: _id }
      },
    },
  ]
}
