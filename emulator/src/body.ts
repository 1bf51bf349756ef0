import type { IncomingMessage } from 'node:http'

/** More than the largest document and its command. */
export const MAX_BODY_BYTES = 5 * 1024 * 1024

export type Body =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'not-utf-8' }

/** A body that is too large is read to its end and dropped: a client that is still sending would miss the answer. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  if (bytes > MAX_BODY_BYTES) return { kind: 'too-large' }
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) }
  } catch {
    // The decoder's only failure; its message says no more than that.
    return { kind: 'not-utf-8' }
  }
}
