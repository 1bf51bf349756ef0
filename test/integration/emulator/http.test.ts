import { DataAPIHttpError, DataAPIResponseError } from '@datastax/astra-db-ts'
import { describe, expect, it } from 'vitest'

import { codeOf, connect, withEmulator } from './with-emulator.ts'

const findOne = '{"findOne":{}}'

async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  method = 'POST',
) {
  const init = { method, headers: { token: 'x', 'content-type': 'application/json', ...headers } }
  const response = await fetch(url, method === 'GET' ? init : { ...init, body })
  const text = await response.text()
  const reply = text.startsWith('{') ? (JSON.parse(text) as { errors?: { errorCode: string }[] }) : undefined
  return { status: response.status, code: reply?.errors?.[0]?.errorCode, reply, headers: response.headers }
}

describe('over HTTP', () => {
  it.each(['/api/json/v1', '/v1'])('a command is a POST under %s', async (base) => {
    const { emulator } = await withEmulator()
    const { status, reply } = await post(`${emulator.url}${base}/default_keyspace/things`, findOne)
    expect({ status, reply }).toEqual({ status: 200, reply: { data: { document: null }, status: {} } })
  })

  it('an error is an envelope with status 200 that says what is wrong', async () => {
    const { emulator } = await withEmulator()
    const { status, reply } = await post(`${emulator.url}/v1/default_keyspace/nothing`, findOne)
    expect(status).toBe(200)
    expect(reply).toEqual({
      errors: [
        {
          message: expect.stringContaining("'nothing'"),
          errorCode: 'UNKNOWN_COLLECTION_OR_TABLE',
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          title: 'Collection or table does not exist',
          family: 'REQUEST',
          scope: 'SCHEMA',
        },
      ],
    })
  })

  it('a request without a token, or with the wrong one, is a 401 that the client understands', async () => {
    const { emulator, things } = await withEmulator({ token: 'AstraCS:test' })
    const url = `${emulator.url}/v1/default_keyspace/things`
    expect(await things.findOne({})).toBeNull()
    expect(await post(url, findOne, { token: '' })).toMatchObject({ status: 401, code: 'MISSING_AUTHENTICATION_TOKEN' })
    expect(await post(url, findOne, { token: 'y' })).toMatchObject({ status: 401, code: 'UNAUTHENTICATED_REQUEST' })
    const old = { token: '', 'x-cassandra-token': 'AstraCS:test' }
    expect((await post(url, findOne, old)).status).toBe(200)
    const wrong = connect(emulator.url, 'AstraCS:wrong').collection('things').findOne({})
    await expect(wrong).rejects.toThrow(DataAPIResponseError)
    expect(await codeOf(wrong)).toBe('UNAUTHENTICATED_REQUEST')
  })

  it('another path is a 404, another method a 405', async () => {
    const { emulator } = await withEmulator()
    expect((await post(`${emulator.url}/v2/default_keyspace`, findOne)).status).toBe(404)
    expect((await post(`${emulator.url}/v1/a/b/c`, findOne)).status).toBe(404)
    const get = await post(`${emulator.url}/v1/default_keyspace`, '', {}, 'GET')
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
    const db = connect(`${emulator.url}/elsewhere`)
    await expect(db.listCollections()).rejects.toThrow(DataAPIHttpError)
  })

  it('another content type is a 415', async () => {
    const { emulator } = await withEmulator()
    const url = `${emulator.url}/v1/default_keyspace/things`
    const text = await post(url, findOne, { 'content-type': 'text/plain' })
    expect(text).toMatchObject({ status: 415, code: 'UNSUPPORTED_CONTENT_TYPE' })
    expect((await post(url, findOne, { 'content-type': 'application/json; charset=UTF-8' })).status).toBe(200)
  })

  it.each([
    ['{"findOne":', 'REQUEST_NOT_JSON'],
    ['[]', 'REQUEST_STRUCTURE_MISMATCH'],
    ['null', 'REQUEST_STRUCTURE_MISMATCH'],
    ['{}', 'REQUEST_STRUCTURE_MISMATCH'],
    ['{"findOne":{},"find":{}}', 'REQUEST_STRUCTURE_MISMATCH'],
    ['{"findOne":1}', 'REQUEST_STRUCTURE_MISMATCH'],
    ['{"findOne":{"options":1}}', 'REQUEST_STRUCTURE_MISMATCH'],
    ['{"constructor":{}}', 'COMMAND_UNKNOWN'],
    ['{"find":{"options":{"limit":-1}}}', 'COMMAND_FIELD_VALUE_INVALID'],
    ['{"find":{"options":{"pageState":"AAE"}}}', 'COMMAND_FIELD_VALUE_INVALID'],
    ['{"find":{"sort":{"a":1},"options":{"pageState":"AAE"}}}', 'COMMAND_FIELD_VALUE_INVALID'],
    ['{"updateOne":{"filter":{}}}', 'COMMAND_FIELD_VALUE_INVALID'],
    ['{"updateOne":{"filter":{},"update":{},"options":{"upsert":1}}}', 'COMMAND_FIELD_VALUE_INVALID'],
    ['{"insertOne":{}}', 'COMMAND_FIELD_VALUE_INVALID'],
    ['{"insertOne":{"document":[]}}', 'SHRED_BAD_DOCUMENT_TYPE'],
    ['{"insertMany":{"documents":[]}}', 'COMMAND_FIELD_VALUE_INVALID'],
    [
      JSON.stringify({ insertMany: { documents: Array.from({ length: 101 }, () => ({})) } }),
      'COMMAND_FIELD_VALUE_INVALID',
    ],
  ])('a body that is no command is told so: %s', async (body, code) => {
    const { emulator } = await withEmulator()
    const answer = await post(`${emulator.url}/v1/default_keyspace/things`, body)
    expect([answer.status, answer.code]).toEqual([200, code])
  })

  it('a body that is empty or not UTF-8 is a 400', async () => {
    const { emulator } = await withEmulator()
    const url = `${emulator.url}/v1/default_keyspace/things`
    expect((await post(url, '')).status).toBe(400)
    expect((await post(url, new Uint8Array([0x22, 0xff, 0x22]))).status).toBe(400)
  })

  it('a body of more than five megabytes is a 413, and the server goes on', async () => {
    const { emulator } = await withEmulator()
    const url = `${emulator.url}/v1/default_keyspace/things`
    expect((await post(url, `{"findOne":{"filter":{"a":"${'x'.repeat(5 * 1024 * 1024)}"}}}`)).status).toBe(413)
    expect((await post(url, findOne)).status).toBe(200)
  })

  it('a value nested too deep to be written again is an error, not the end of the server', async () => {
    const { emulator } = await withEmulator()
    const url = `${emulator.url}/v1/default_keyspace/things`
    const deep = `${'[1,'.repeat(100_000)}1${']'.repeat(100_000)}`
    expect((await post(url, `{"insertOne":{"document":{"a":${deep}}}}`)).code).toBe('SHRED_DOC_LIMIT_VIOLATION')
    expect((await post(url, `{"findOne":{"filter":{"a":{"$eq":${deep}}}}}`)).status).toBe(200)
    expect((await post(url, findOne)).status).toBe(200)
  })

  it('inserted ids come without the detail of each document when that is not asked for', async () => {
    const { emulator } = await withEmulator()
    const url = `${emulator.url}/v1/default_keyspace/things`
    const { reply } = await post(url, '{"insertMany":{"documents":[{"_id":1},{"_id":1},{"_id":2}]}}')
    expect(reply).toMatchObject({ status: { insertedIds: [1, 2] }, errors: [{ errorCode: 'DOCUMENT_ALREADY_EXISTS' }] })
    const documents = '[{"_id":3},{"_id":1},{"_id":4}]'
    const options = '{"ordered":true,"returnDocumentResponses":true}'
    const detailed = await post(url, `{"insertMany":{"documents":${documents},"options":${options}}}`)
    expect(detailed.reply).toMatchObject({
      status: {
        documentResponses: [
          { _id: 3, status: 'OK' },
          { _id: 1, status: 'ERROR', errorsIdx: 0 },
          { _id: 4, status: 'SKIPPED' },
        ],
      },
    })
  })
})
