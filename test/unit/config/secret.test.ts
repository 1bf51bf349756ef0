import { inspect } from 'node:util'

import { describe, expect, it } from 'vitest'

import { Secret } from '../../../src/config/secret.ts'

const secret = new Secret('hunter2')

describe('a secret', () => {
  it('gives its text to whoever asks for it', () => {
    expect(secret.reveal()).toBe('hunter2')
  })

  it('shows nothing anywhere else', () => {
    const shown = [
      `a ${String(secret)}`,
      JSON.stringify({ secret }),
      inspect(secret, { showHidden: true, depth: 9 }),
      inspect({ nested: [secret] }, { depth: 9 }),
      JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
      JSON.stringify(structuredClone(secret)),
    ].join('\n')
    expect(shown).not.toContain('hunter2')
    expect(shown).toContain('***')
  })
})
