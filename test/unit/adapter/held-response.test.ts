import type { ServerResponse } from 'node:http'

import { describe, expect, it } from 'vitest'

import { holdResponse } from '../../../src/adapter/held-response.ts'
import { listen } from '../../support/listen.ts'

interface Seen {
  readonly held: boolean
  readonly failed?: boolean
  readonly sent?: boolean
}

/** What one response says of itself, with a session whose commit() does as it is told. */
async function answered(commit: () => Promise<{ readonly headers: Readonly<Record<string, string>> }>) {
  const seen: Seen[] = []
  const handle = (response: ServerResponse): void => {
    holdResponse(response, { settled: false, commit }, () => {
      seen.push({ held: false, failed: response.headersSent })
      response.statusCode = 503
      response.end('instead', () => seen.push({ held: false, sent: response.headersSent }))
    })
    seen.push({ held: response.headersSent })
    response.end('as asked', () => seen.push({ held: false, sent: response.headersSent }))
    seen.push({ held: response.headersSent })
  }
  const { url, close } = await listen((_request, response) => handle(response))
  try {
    const response = await fetch(url)
    return { status: response.status, cookie: response.headers.get('set-cookie'), text: await response.text(), seen }
  } finally {
    await close()
  }
}

describe('a response that waits for its session', () => {
  it('has begun to whoever asks while it is kept, and once it is sent', async () => {
    const answer = await answered(() => Promise.resolve({ headers: { 'set-cookie': 'id=1' } }))
    expect(answer).toEqual({
      status: 200,
      cookie: 'id=1',
      text: 'as asked',
      seen: [{ held: false }, { held: true }, { held: false, sent: true }],
    })
  })

  it('has not begun when the session cannot be written, so that an error handler answers instead', async () => {
    const answer = await answered(() => Promise.reject(new Error('Redis is away')))
    expect(answer).toEqual({
      status: 503,
      cookie: null,
      text: 'instead',
      seen: [{ held: false }, { held: true }, { held: false, failed: false }, { held: false, sent: true }],
    })
  })
})
