import { createHmac } from 'node:crypto'

import type { Clock } from '../base/clock.ts'
import { ConfigError } from '../base/errors.ts'

export interface PostDeps {
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
}

export interface PostOptions {
  readonly url: string
  /** @default none: the receiver cannot tell who sent it */
  readonly secret?: string | undefined
  readonly timeoutMs: number
  readonly attempts: number
}

const FIRST_PAUSE_MS = 500

/** @throws ConfigError for what is no URL of http, or one that holds a password */
export function checkUrl(url: string, option: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new ConfigError(`${option} must be an http or https URL`)
  if (parsed.password !== '') throw new ConfigError(`${option} must hold no password: fetch would refuse it`)
}

/**
 * Posts JSON until somebody has it: again after a pause that doubles, while the receiver is away, too late or says 5xx or
 * 429. What it refuses for good is not repeated. With a secret, `x-holdfast-signature: t=<seconds>,v1=<hex>` is the
 * HMAC-SHA256 of `<seconds>.<body>`, so that a receiver can refuse what is forged or old.
 *
 * @throws Error that names the receiver's host and answer, never the URL, which may hold a token
 */
export async function post({ clock, fetch }: PostDeps, options: PostOptions, body: unknown): Promise<void> {
  const text = JSON.stringify(body)
  for (let attempt = 1; ; attempt += 1) {
    const answer = await once({ clock, fetch }, options, text)
    if (answer.state === 'taken') return
    if (answer.state === 'refused' || attempt >= options.attempts) {
      throw new Error(`${new URL(options.url).host} did not take the alert: ${answer.why}`)
    }
    const { promise: paused, resolve } = Promise.withResolvers<void>()
    clock.after(FIRST_PAUSE_MS * 2 ** (attempt - 1), resolve)
    await paused
  }
}

type Answer =
  | { readonly state: 'taken' }
  | { readonly state: 'refused'; readonly why: string }
  | { readonly state: 'away'; readonly why: string }

async function once(
  { clock, fetch }: PostDeps,
  { url, secret, timeoutMs }: PostOptions,
  text: string,
): Promise<Answer> {
  const abort = new AbortController()
  const cancel = clock.after(timeoutMs, () => abort.abort())
  try {
    const headers = { 'content-type': 'application/json', ...(secret && signature(clock, secret, text)) }
    // Followed, a redirect would carry the alert to where nobody wanted it.
    const response = await fetch(url, { method: 'POST', headers, body: text, signal: abort.signal, redirect: 'manual' })
    await response.body?.cancel()
    if (response.ok) return { state: 'taken' }
    const isPassing = response.status >= 500 || response.status === 429
    return { state: isPassing ? 'away' : 'refused', why: `status ${response.status}` }
  } catch (error) {
    return { state: 'away', why: abort.signal.aborted ? `no answer within ${timeoutMs} ms` : nameOf(error) }
  } finally {
    cancel()
  }
}

function signature(clock: Pick<Clock, 'wallMs'>, secret: string, text: string): Record<string, string> {
  const seconds = Math.floor(clock.wallMs() / 1000)
  const hmac = createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex')
  return { 'x-holdfast-signature': `t=${seconds},v1=${hmac}` }
}

/** What a failed fetch says: its code, since its text may hold the address with all that is in it. */
function nameOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  return code ?? (error instanceof Error ? error.name : 'unknown')
}
