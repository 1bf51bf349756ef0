import { createHmac } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { alertmanagerSink, webhookSink } from '../../../src/insight/http-sinks.ts'
import { NOT_ENDED, notificationOf } from '../../../src/insight/notification.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { turn } from '../../support/memory-cache.ts'

const notification = notificationOf(
  [
    {
      status: 'firing',
      labels: { alertname: 'A' },
      annotations: {},
      startsAt: '2026-01-01T00:00:00.000Z',
      endsAt: NOT_ENDED,
      generatorURL: '',
      fingerprint: 'f',
    },
  ],
  '',
)

/** A receiver that answers by a list, a status or a failure each. */
function receiver(answers: readonly (number | 'silent' | Error)[]) {
  const asked: { readonly url: string; readonly headers: Headers; readonly body: string }[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { url, headers } = new Request(input, init)
    const body = typeof init?.body === 'string' ? init.body : ''
    asked.push({ url, headers, body })
    const answer = answers[asked.length - 1] ?? 200
    if (answer instanceof Error) throw answer
    if (answer !== 'silent') return new Response(null, { status: answer })
    return new Promise((_resolve, reject) =>
      init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
    )
  }
  return { asked, fetch }
}

async function settle(work: Promise<void>, clock: ReturnType<typeof fakeClock>): Promise<string> {
  let outcome = 'waiting'
  work.then(
    () => (outcome = 'sent'),
    (error: unknown) => (outcome = String(error)),
  )
  for (let step = 0; step < 100 && outcome === 'waiting'; step += 1) {
    await turn()
    clock.advance(500)
  }
  return outcome
}

describe('a webhook', () => {
  it('is sent again while its receiver is away, with a signature of each body', async () => {
    const clock = fakeClock(1_800_000_000_000)
    const { asked, fetch } = receiver([503, new TypeError('fetch failed'), 'silent', 200])
    const sink = webhookSink({ url: 'https://hooks.example/T0KEN', secret: 'shared', clock, fetch })
    expect(await settle(sink.send(notification), clock)).toBe('sent')
    expect(asked).toHaveLength(4)
    const [first] = asked
    const header = first?.headers.get('x-holdfast-signature') ?? ''
    const hmac = createHmac('sha256', 'shared').update(`1800000000.${first?.body}`).digest('hex')
    expect(header).toBe(`t=1800000000,v1=${hmac}`)
    expect(JSON.parse(first?.body ?? '')).toEqual(notification)
  })

  it('is not repeated where it is refused, and gives up in the end, without naming the URL', async () => {
    const clock = fakeClock()
    const refusing = receiver([403])
    const sink = webhookSink({ url: 'https://hooks.example/T0KEN', clock, fetch: refusing.fetch })
    expect(await settle(sink.send(notification), clock)).toBe('Error: hooks.example did not take the alert: status 403')
    expect(refusing.asked).toHaveLength(1)
    const away = receiver([500, 500, 500, 500])
    const other = webhookSink({ url: 'https://hooks.example/T0KEN', clock, fetch: away.fetch })
    expect(await settle(other.send(notification), clock)).not.toContain('T0KEN')
    expect(away.asked).toHaveLength(4)
  })

  it('refuses a URL that cannot work', () => {
    for (const url of ['ftp://x', 'nonsense', 'https://user:secret@host/']) {
      expect(() => webhookSink({ url })).toThrow(/url must/)
    }
  })
})

describe('an Alertmanager', () => {
  it('is told what rings, for three minutes from now, so that a process that dies is forgotten', async () => {
    const clock = fakeClock(Date.parse('2026-01-01T00:10:00Z'))
    const { asked, fetch } = receiver([200])
    const sink = alertmanagerSink({ url: 'http://localhost:9093', clock, fetch })
    expect(await settle(sink.send(notification), clock)).toBe('sent')
    expect(asked[0]?.url).toBe('http://localhost:9093/api/v2/alerts')
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual([
      {
        labels: { alertname: 'A' },
        annotations: {},
        startsAt: '2026-01-01T00:00:00.000Z',
        endsAt: '2026-01-01T00:13:00.000Z',
      },
    ])
  })
})
