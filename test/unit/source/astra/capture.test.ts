import { describe, expect, it } from 'vitest'

import { capture, firstPage, pageOf } from '../../../../src/source/astra/capture.ts'
import { readCommand } from '../../../../src/source/astra/data-api-command.ts'
import { askedPage, readPageToken, requestOfPage, writePageToken } from '../../../../src/source/astra/page-token.ts'
import { nextPageState } from '../../../../src/source/astra/reply.ts'

const body = '{"find":{"filter":{"n":9007199254740993},"options":{"limit":9}}}'
const command = readCommand({ url: 'http://db/v1/ks/c', method: 'POST', body }) ?? { name: '', body: new Map() }
const page = (n: number, next: string | null) =>
  `{"data":{"documents":[{"n":${n}.10}],"nextPageState":${JSON.stringify(next)}},"status":{}}`
const pages = [page(1, 'A"'), page(2, 'B'), page(3, null)]

function database(answers: readonly string[] = pages.slice(1)) {
  const asked: string[] = []
  const ask = async (request: string) => {
    asked.push(request)
    return { status: 200, body: answers[asked.length - 1] ?? '' }
  }
  return { asked, ask }
}

describe('a capture', () => {
  it('of one page is the text of that page', async () => {
    const only = page(1, null)
    expect(await capture({ ...database(), maxPages: 5 }, command, only)).toBe(only)
    expect(firstPage(only)).toBe(only)
  })

  it('has every page, asked for as the client would, each naming the next', async () => {
    const { asked, ask } = database()
    const captured = await capture({ ask, maxPages: 3 }, command, pages[0] ?? '')
    expect(asked.map((request) => JSON.parse(request).find.options.pageState)).toEqual(['A"', 'B'])
    expect(asked[0]).toContain('9007199254740993')
    const served = [firstPage(captured ?? '')]
    for (let state = nextPageState(served[0] ?? ''); state !== undefined; state = nextPageState(served.at(-1) ?? '')) {
      const token = readPageToken(state)
      served.push((token && pageOf(captured, token)) ?? 'lost')
    }
    expect(served.map((text) => /"n":[\d.]+/.exec(text)?.[0])).toEqual(['"n":1.10', '"n":2.10', '"n":3.10'])
  })

  it('is none of a find with too many pages, or of one that broke', async () => {
    expect(await capture({ ...database(), maxPages: 2 }, command, pages[0] ?? '')).toBeUndefined()
    expect(await capture({ ...database(['{"errors":[{}]}']), maxPages: 5 }, command, pages[0] ?? '')).toBeUndefined()
    const ask = () => Promise.reject(new Error('gone'))
    expect(await capture({ ask, maxPages: 5 }, command, pages[0] ?? '')).toBeUndefined()
  })

  it('gives no page to the token of another', async () => {
    const one = await capture({ ...database(), maxPages: 3 }, command, pages[0] ?? '')
    const other = await capture({ ...database([page(7, 'B'), page(3, null)]), maxPages: 3 }, command, pages[0] ?? '')
    const token = readPageToken(nextPageState(firstPage(other ?? '')) ?? '')
    expect(token && pageOf(other, token)).toContain('"n":7')
    expect(token && pageOf(one, token)).toBeUndefined()
    expect(token && pageOf(one, { ...token, page: 2 })).toBeUndefined()
    expect(token && pageOf('{}', token)).toBeUndefined()
  })
})

describe('the token of a page', () => {
  it('carries the page state of the database', () => {
    const token = { capture: 'abcdefgh', page: 12, state: 'AA.b"\n=' }
    expect(readPageToken(writePageToken(token))).toEqual(token)
    expect(['', 'AAE', 'hf1.x.1.a', 'hf1.abcdefgh.x.a'].map(readPageToken)).toEqual(Array(4).fill(undefined))
  })

  it('is put into a request without touching the rest', () => {
    const next = readCommand({
      url: 'http://db/v1/ks/c',
      method: 'POST',
      body: requestOfPage('find', command.body, 'S'),
    })
    expect(next && askedPage(next.body)).toBe('S')
    expect(next?.body.get('filter')).toBe('{"n":9007199254740993}')
  })
})
