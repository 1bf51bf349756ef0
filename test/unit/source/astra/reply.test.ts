import { describe, expect, it } from 'vitest'

import {
  documentsIn,
  isOfTable,
  isStorable,
  nextPageState,
  provesNothingChanged,
} from '../../../../src/source/astra/reply.ts'

const ok = (body: string, status = 200) => ({ status, body })

describe('a reply', () => {
  it.for([
    [true, ok('{"data":{"document":null},"status":{}}')],
    [true, ok('{"data":{"documents":[]},"errors":[],"status":{"warnings":[]}}')],
    [false, ok('{"errors":[{"errorCode":"X"}]}')],
    [false, ok('{"data":{"document":{}},"status":{"warnings":[{}]}}')],
    [false, ok('{"data":{}}', 401)],
    [false, ok('{"data":{}}', 503)],
    [false, ok('Resuming your database')],
    [false, ok('')],
    [false, { status: 200 }],
  ] as const)('is kept (%s): %j', ([isKept, reply]) => {
    expect(isStorable(reply)).toBe(isKept)
  })

  it('says what it brings', () => {
    expect(nextPageState('{"data":{"documents":[{"nextPageState":"no"}],"nextPageState":"a\\"b"}}')).toBe('a"b')
    expect(nextPageState('{"data":{"documents":[],"nextPageState":null}}')).toBeUndefined()
    expect(
      ['{"data":{"documents":[1,{"a":[2]}]}}', '{"data":{"document":{}}}', '{"data":{"document":null}}', '{}'].map(
        documentsIn,
      ),
    ).toEqual([2, 1, 0, 0])
    expect(isOfTable('{"data":{"documents":[]},"status":{"projectionSchema":{}}}')).toBe(true)
    expect(isOfTable('{"data":{"documents":[{"projectionSchema":1}]},"status":{}}')).toBe(false)
  })

  it.for([
    [true, '{"status":{"matchedCount":0,"modifiedCount":0}}'],
    [true, '{"status":{"deletedCount":0}}'],
    [true, '{"errors":[{"errorCode":"DOCUMENT_ALREADY_EXISTS"}],"status":{"insertedIds":[]}}'],
    [
      true,
      '{"errors":[{"errorCode":"DOCUMENT_ALREADY_EXISTS"}],"status":{"documentResponses":[{"status":"ERROR"},{"status":"SKIPPED"}]}}',
    ],
    [
      false,
      '{"errors":[{"errorCode":"DOCUMENT_ALREADY_EXISTS"}],"status":{"documentResponses":[{"status":"OK"},{"status":"ERROR"}]}}',
    ],
    [false, '{"errors":[{"errorCode":"DOCUMENT_ALREADY_EXISTS"}],"status":{"insertedIds":[1]}}'],
    [false, '{"errors":[{"errorCode":"SERVER_TIMEOUT"}]}'],
    [false, '{"status":{"matchedCount":0,"modifiedCount":0,"upsertedId":1}}'],
    [false, '{"status":{"matchedCount":20,"modifiedCount":0,"moreData":true}}'],
    [false, '{"status":{"matchedCount":1,"modifiedCount":1}}'],
    [false, '{"status":{"deletedCount":-1}}'],
    [false, '{"status":{"insertedIds":[]}}'],
    [false, '{}'],
    [false, 'oops'],
  ] as const)('proves that nothing changed (%s): %s', ([isProof, body]) => {
    expect(provesNothingChanged(ok(body))).toBe(isProof)
  })

  it('of a failure proves nothing', () => {
    expect(provesNothingChanged(ok('{"status":{"deletedCount":0}}', 500))).toBe(false)
  })
})
