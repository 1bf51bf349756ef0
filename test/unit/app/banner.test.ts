import { describe, expect, it } from 'vitest'

import { banner } from '../../../app/src/banner.ts'
import { requirementsBodySchema } from '../../../app/src/requirements/schema.ts'
import { checkSchema, createAjv } from '../../../app/src/validation.ts'

const FACTS = { origin: 'http://127.0.0.1:3000', redis: 'redis://127.0.0.1:6379', database: 'http://db' }
const REST = { cacheMode: 'on', demoAccounts: [], secondInstance: undefined } as const

describe('banner', () => {
  it('says where everything is and how to stop it', () => {
    const text = banner({ ...FACTS, ...REST, adminToken: 'drawn' })
    for (const fact of Object.values(FACTS)) expect(text).toContain(fact)
    expect(text).toContain('Ctrl-C')
    expect(text).toContain('-H "Authorization: Bearer drawn"')
  })

  it('holds a line that submits what the schema takes', () => {
    const body = /-d '(.+)'$/m.exec(banner({ ...FACTS, ...REST, adminToken: 'drawn' }))?.[1] ?? ''
    const validate = createAjv().compile(requirementsBodySchema)
    expect(checkSchema(validate, JSON.parse(body))).toMatchObject({ version: '1.1.0' })
  })

  it('refers to a token from the environment by its name', () => {
    expect(banner({ ...FACTS, ...REST, adminToken: undefined })).toContain('-H "Authorization: Bearer $ADMIN_TOKEN"')
  })

  it('shows the demo accounts, and how one of them logs in', () => {
    const demoAccounts = [
      { username: 'ada', role: 'admin', password: 'first' },
      { username: 'uma', role: 'user', password: 'second' },
      { username: 'gus', role: 'guest', password: undefined },
    ] as const
    const text = banner({ ...FACTS, ...REST, demoAccounts, adminToken: undefined })
    expect(text).toMatch(/ada +admin +first\n +uma +user +second\n +gus +guest +\(password printed by the start/)
    expect(text).toContain(`-d '{"username":"uma","password":"second"}'`)
    expect(banner({ ...FACTS, ...REST, adminToken: undefined })).not.toContain('/auth/login')
  })

  it('says what another instance needs, if it may be told', () => {
    expect(banner({ ...FACTS, ...REST, adminToken: 'x', secondInstance: 'PORT=0 npm start' })).toContain(
      'A second instance, which sees each write of this one:\n  PORT=0 npm start',
    )
  })

  it('says when the cache is off or absent', () => {
    expect(banner({ ...FACTS, ...REST, adminToken: 'x', cacheMode: 'off' })).toContain('switched off')
    expect(banner({ ...FACTS, ...REST, adminToken: 'x', cacheMode: 'absent' })).toContain('without Holdfast')
  })
})
