/** A process with a cache and a journal, which does what its parent says and may be killed at any time. */
import { createCache, createRedis } from '../../src/index.ts'

export type JournalRequest = { readonly op: 'invalidate' | 'read'; readonly key: string }

export type JournalReply =
  | { readonly op: 'ready' }
  | { readonly op: 'refused'; readonly code: string }
  | { readonly op: 'invalidated'; readonly id: string; readonly acknowledged: boolean; readonly queued: boolean }
  | { readonly op: 'read'; readonly value: string; readonly result: string }

const [url = '', namespace = '', journal = ''] = process.argv.slice(2)
const send = (reply: JournalReply): void => void process.send?.(reply)
process.on('disconnect', () => process.exit(0))

try {
  const redis = createRedis({ url, connectTimeout: '200ms' })
  const cache = createCache({ redis, namespace, ...(journal && { journal }), bound: '300ms', sweep: false })
  let result = ''
  cache.on((event) => {
    if (event.type === 'read') result = event.result
  })
  const answer = async ({ op, key }: JournalRequest): Promise<JournalReply> =>
    op === 'invalidate'
      ? { op: 'invalidated', ...(await cache.invalidate({ keys: [key] })) }
      : { op: 'read', value: String(await cache.get(key)), result }
  process.on('message', (request: JournalRequest) => void answer(request).then(send))
  send({ op: 'ready' })
} catch (error) {
  send({ op: 'refused', code: error instanceof Error && 'code' in error ? String(error.code) : String(error) })
}
