import { describe, expect, it } from 'vitest'

import { dataOf, readDocument, writeDocument } from '../../../src/session/document.ts'

const login = { user: 'ada', atMs: 5, label: 'Firefox' }
const document = { data: dataOf({ cart: ['dice'] }), login, createdMs: 1, endsMs: 9, birthKey: 7 }

describe('the document of a session', () => {
  it('comes back as it was written, with data that inherit nothing', () => {
    const read = readDocument(writeDocument(document) ?? '')
    expect(read).toEqual(document)
    expect(Object.getPrototypeOf(read?.data)).toBeNull()
    const { login: _, ...nobody } = document
    expect(readDocument(writeDocument(nobody) ?? '')).toEqual(nobody)
  })

  it('is none with any part missing or of another kind', () => {
    const written = JSON.parse(writeDocument(document) ?? '') as Record<string, unknown>
    for (const part of ['v', 'd', 'c', 'x', 'k', 'a', 'l']) {
      const { [part]: _, ...rest } = written
      expect(readDocument(JSON.stringify(rest)), part).toBeUndefined()
      for (const value of [null, [], -1, 1.5])
        expect(readDocument(JSON.stringify({ ...written, [part]: value })), part).toBeUndefined()
    }
    expect(readDocument(JSON.stringify({ ...written, u: 1 }))).toBeUndefined()
  })
})
