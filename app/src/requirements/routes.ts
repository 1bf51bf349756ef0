import type { Ajv } from 'ajv'

import { unprocessable } from '../errors.ts'
import { accountOf, documentOr404, param, type Route } from '../route.ts'
import { checkFields, checkSchema } from '../validation.ts'
import type { Requirements } from './cached.ts'
import type { RequirementsBody } from './document.ts'
import { requirementsBodySchema } from './schema.ts'

export function requirementsRoutes(requirements: Requirements, ajv: Ajv): readonly Route[] {
  const validateBody = ajv.compile<RequirementsBody>(requirementsBodySchema)
  return [
    {
      method: 'GET',
      path: '/api/requirements/versions',
      role: 'anyone',
      summary: 'All versions, the newest first',
      async handler() {
        const versions = await requirements.versions()
        return { versions, total: versions.length }
      },
    },
    {
      method: 'GET',
      path: '/api/requirements/latest',
      role: 'anyone',
      summary: 'The newest version, whole',
      problems: { 404: 'There is none yet' },
      async handler({ ifNoneMatch }) {
        return documentOr404(await requirements.latestJson(ifNoneMatch), 'No requirements found')
      },
    },
    {
      method: 'GET',
      path: '/api/requirements/:version_id',
      role: 'anyone',
      summary: 'One version, whole',
      problems: { 404: 'There is no such version', 422: 'The id is no whole number' },
      async handler(request) {
        const versionId = readVersionId(param(request, 'version_id'))
        const answer = await requirements.byIdJson(versionId, request.ifNoneMatch)
        return documentOr404(answer, `Requirements version ${versionId} not found`)
      },
    },
    {
      method: 'POST',
      path: '/api/requirements/submit',
      role: 'admin',
      summary: 'Adds a version',
      limit: 'admin',
      body: requirementsBodySchema,
      problems: { 400: 'The document does not match its schema', 422: 'A field is missing' },
      async handler(request) {
        // The author is whoever the token stands for; a body that names one, as older clients do, changes nothing.
        const { author: _author, ...fields } = checkFields(request.body, ['title', 'version', 'description'])
        const body = checkSchema(validateBody, fields)
        const { metadata } = await requirements.submit(body, accountOf(request))
        return {
          success: true,
          version_id: metadata.version_id,
          message: `Requirements version ${body.version} submitted`,
        }
      },
    },
  ]
}

function readVersionId(text: string): number {
  const versionId = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(versionId)) return versionId
  throw unprocessable([
    {
      type: 'int_parsing',
      loc: ['path', 'version_id'],
      msg: 'version_id must be a whole number of milliseconds',
      input: text.slice(0, 100),
    },
  ])
}
