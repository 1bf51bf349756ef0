import { describe, expect, it } from 'vitest'

import { collectionTag, documentsTag, documentTag, idText, schemaTag } from '../../../../src/source/astra/astra-tags.ts'

const place = { alias: 'main', keyspace: 'ks', collection: 'reqs' }
const uuid = '0190A1B2-0000-7000-8000-00000000000F'

describe('tags', () => {
  it('begin with the alias of the database', () => {
    expect([collectionTag(place), documentsTag(place), documentTag(place, 'r:1')]).toEqual([
      'main/ks.reqs',
      'main/ks.reqs/docs',
      'main/ks.reqs:r:1',
    ])
    expect([schemaTag('main'), schemaTag('main', 'ks')]).toEqual(['main/schema', 'main/ks/schema'])
  })

  it('stay short, however long an id is', () => {
    const [one, other] = ['x', 'y'].map((end) => documentTag(place, 'ü'.repeat(2000) + end))
    expect(one).toMatch(/^main\/ks\.reqs:#[\w-]{43}$/)
    expect(one).not.toBe(other)
  })

  it.for([
    ['a', 'a'],
    [uuid, uuid.toLowerCase()],
    [{ $uuid: uuid }, uuid.toLowerCase()],
    [{ $objectId: 'ABCDEFABCDEFABCDEFABCDEF' }, 'abcdefabcdefabcdefabcdef'],
    [{ $date: 5 }, '5'],
    [1, '1'],
    [JSON.parse('1.0'), '1'],
    [JSON.parse('1e0'), '1'],
    [-0, '0'],
    [true, 'true'],
    [null, 'null'],
    [{ $gt: 1 }, undefined],
    [{ $uuid: uuid, more: 1 }, undefined],
    [undefined, undefined],
  ])('name the id %j in one way', ([id, text]) => {
    expect(idText(id)).toBe(text)
  })
})
