import type { Ajv } from 'ajv'

import { notFound, unprocessable } from '../errors.ts'
import { adminOf, param, type Route } from '../route.ts'
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
      async handler() {
        const versions = await requirements.versions()
        return { versions, total: versions.length }
      },
    },
    {
      method: 'GET',
      path: '/api/requirements/latest',
      role: 'anyone',
      async handler() {
        const document = await requirements.latest()
        if (!document) throw notFound('No requirements found')
        return document
      },
    },
    {
      method: 'GET',
      path: '/api/requirements/:version_id',
      role: 'anyone',
      async handler(request) {
        const versionId = readVersionId(param(request, 'version_id'))
        const document = await requirements.byId(versionId)
        if (!document) throw notFound(`Requirements version ${versionId} not found`)
        return document
      },
    },
    {
      method: 'POST',
      path: '/api/requirements/submit',
      role: 'admin',
      async handler(request) {
        // The author is whoever the token stands for; a body that names one, as older clients do, changes nothing.
        const { author: _author, ...fields } = checkFields(request.body, ['title', 'version', 'description'])
        const body = checkSchema(validateBody, fields)
        const { metadata } = await requirements.submit(body, adminOf(request))
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
