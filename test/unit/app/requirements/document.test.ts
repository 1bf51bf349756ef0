import { createHash } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { checksumOf, sealDocument } from '../../../../app/src/requirements/document.ts'

const body = {
  title: "O'Brien & <b>",
  version: '1.0.0',
  description: 'd',
  requirements: { functional: [], non_functional: [] },
}
const sealed = sealDocument(body, { versionId: 1_757_214_104_137, author: 'ada', nowMs: 1_757_214_104_136 })

describe('sealDocument', () => {
  it('adds who and when to the text as it was given', () => {
    expect(sealed).toMatchObject({
      ...body,
      metadata: {
        version_id: 1_757_214_104_137,
        author: 'ada',
        timestamp: '2025-09-07T03:01:44.136Z',
        created_at: 1_757_214_104.136,
      },
    })
  })

  it('adds a checksum that anybody can recompute from the JSON without it', () => {
    const copy = JSON.parse(JSON.stringify(sealed))
    delete copy.metadata.checksum
    const expected = createHash('sha256')
      .update(JSON.stringify(copy, null, 2))
      .digest('hex')
    expect(sealed.metadata.checksum).toBe(expected)
    expect(checksumOf(sealed)).toBe(expected)
  })

  it('gives another checksum to another text', () => {
    expect(checksumOf({ ...sealed, title: 'other' })).not.toBe(sealed.metadata.checksum)
  })
})
