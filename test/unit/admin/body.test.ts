import * as v from 'valibot'
import { expect, it } from 'vitest'

import { readBody, readQuery } from '../../../src/admin/body.ts'

const schema = v.strictObject({ name: v.string() })
const post = (body: string, type = 'application/json') =>
  new Request('http://x/', { method: 'POST', body, headers: { 'content-type': type } })

it('reads what the schema takes, and says what is wrong where', async () => {
  expect(await readBody(post('{"name":"a"}'), schema)).toEqual({ name: 'a' })
  await expect(readBody(post('{"name":1}'), schema)).rejects.toMatchObject({
    problem: 'bad-request',
    issues: [{ path: 'name' }],
  })
  await expect(readBody(post('{"name":"a","more":1}'), schema)).rejects.toMatchObject({ problem: 'bad-request' })
  await expect(readBody(post('{'), schema)).rejects.toMatchObject({ problem: 'bad-request' })
  await expect(readBody(post('{}', 'text/plain'), schema)).rejects.toMatchObject({ problem: 'not-json' })
  await expect(readBody(post('{}', 'application/jsonp'), schema)).rejects.toMatchObject({ problem: 'not-json' })
})

it('stops reading a body that is too large, whatever it says of its length', async () => {
  let sent = 0
  const body = new ReadableStream({
    pull(controller) {
      sent += 1
      controller.enqueue(new Uint8Array(64 * 1024))
    },
  })
  const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } } as const
  await expect(readBody(new Request('http://x/', init), schema)).rejects.toMatchObject({ problem: 'body-too-large' })
  expect(sent).toBeLessThan(10)
})

it('takes no query twice and none that it does not know', () => {
  const query = (text: string) => readQuery(new URL(`http://x/?${text}`), schema)
  expect(query('name=a')).toEqual({ name: 'a' })
  expect(() => query('name=a&name=b')).toThrow('twice')
  expect(() => query('name=a&other=b')).toThrow('not what this route takes')
})
