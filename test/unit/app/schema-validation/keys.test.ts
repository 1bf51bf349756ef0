import { describe, expect, it } from 'vitest'

import { validationKey } from '../../../../app/src/schema-validation/keys.ts'

describe('the key of a verdict', () => {
  it('is another one for another schema, another document and another state', () => {
    const known = { name: 'requirements', fingerprint: 'f1' } as const
    const state = { id: '17', revision: 'final' }
    const keys = [
      validationKey(known, state),
      validationKey({ ...known, name: 'feature_request' }, state),
      validationKey({ ...known, fingerprint: 'f2' }, state),
      validationKey(known, { ...state, id: '18' }),
      validationKey(known, { ...state, revision: 'first' }),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })
})
