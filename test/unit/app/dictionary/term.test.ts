import { describe, expect, it } from 'vitest'

import { searchWords, termOfDocument, wordsOf } from '../../../../app/src/dictionary/term.ts'

describe('the words of a text', () => {
  it('are in lower case, without marks, each once', () => {
    expect(wordsOf("Ambush! Énergie  d'énergie +2")).toEqual(['ambush', 'energie', 'd', '2'])
    expect(wordsOf(' \u0000*$ ')).toEqual([])
  })

  it('are found while they are being typed', () => {
    expect(searchWords('Orc Axe')).toEqual(['orc', 'or', 'axe', 'ax'])
    expect(searchWords('a')).toEqual(['a'])
    expect(searchWords('word'.repeat(30)).length).toBeLessThan(14)
  })
})

describe('the term of a document', () => {
  it('has its name, the beginning of what it says, and the file as its kind', () => {
    const document = { name: 'Acid Arrow', desc: ['A green arrow.', 'It hurts.'] }
    expect(termOfDocument('Magic-Items.json', document, 'now')).toEqual({
      id: 'magic-items:acid-arrow',
      term: 'Acid Arrow',
      definition: 'A green arrow. It hurts.',
      category: 'magic-items',
      source: 'Magic-Items.json',
      updated_at: 'now',
    })
  })

  it('is its name where it says nothing, and is none without a name', () => {
    expect(termOfDocument('a.json', { name: 'Orc' }, 'now')?.definition).toBe('Orc')
    for (const document of [{}, { name: 7 }, { name: '!' }, { name: '漢字' }])
      expect(termOfDocument('a.json', document, 'now')).toBeUndefined()
  })
})
