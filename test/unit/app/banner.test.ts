import { describe, expect, it } from 'vitest'

import { banner } from '../../../app/src/banner.ts'
import { requirementsBodySchema } from '../../../app/src/requirements/schema.ts'
import { checkSchema, createAjv } from '../../../app/src/validation.ts'

const FACTS = { origin: 'http://127.0.0.1:3000', redis: 'redis://127.0.0.1:6379', database: 'http://db' }

describe('banner', () => {
  it('says where everything is and how to stop it', () => {
    const text = banner({ ...FACTS, adminToken: 'drawn' })
    for (const fact of Object.values(FACTS)) expect(text).toContain(fact)
    expect(text).toContain('Ctrl-C')
    expect(text).toContain('-H "Authorization: Bearer drawn"')
  })

  it('holds a line that submits what the schema takes', () => {
    const body = /-d '(.+)'$/m.exec(banner({ ...FACTS, adminToken: 'drawn' }))?.[1] ?? ''
    const validate = createAjv().compile(requirementsBodySchema)
    expect(checkSchema(validate, JSON.parse(body))).toMatchObject({ version: '1.1.0' })
  })

  it('refers to a token from the environment by its name', () => {
    expect(banner({ ...FACTS, adminToken: undefined })).toContain('-H "Authorization: Bearer $ADMIN_TOKEN"')
  })
})
