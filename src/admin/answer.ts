/** Responses. Each carries the headers that keep a page of the admin UI from being framed, sniffed, cached or spoken for. */
import { Problem } from './problem.ts'

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // A browser heeds it over TLS only, which is where it belongs.
  'strict-transport-security': 'max-age=31536000',
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return answer(JSON.stringify(body), status, { 'content-type': 'application/json; charset=utf-8', ...headers })
}

/** Any answer; not kept by any cache unless `headers` say otherwise. */
export function answer(
  body: string | ReadableStream | Uint8Array<ArrayBuffer> | null,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(body, { status, headers: { ...SECURITY_HEADERS, 'cache-control': 'no-store', ...headers } })
}

export function problemAnswer(problem: Problem): Response {
  const headers = { 'content-type': 'application/problem+json; charset=utf-8', ...problem.headers }
  return answer(JSON.stringify(problem.body()), problem.status, headers)
}
