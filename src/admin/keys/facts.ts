/** What is known of stored entries without their values: size, and the header with its tags. */
import { TAGS_RANGE } from '../../codec/header.ts'
import { entryKey } from '../../keys/redis-key.ts'
import type { Redis, Script } from '../../redis/redis.ts'

const { headerBytes, lengthFrom } = TAGS_RANGE

/**
 * KEYS[1] entry · returns {its bytes, header and tags}; {0, ''} when there is none. The header alone, where the length of
 * the tags is no number that this library writes.
 */
const FACTS: Script = {
  name: 'admin.facts',
  lua: `
local bytes = redis.call('STRLEN', KEYS[1])
if bytes < ${headerBytes} then return {bytes, ''} end
local header = redis.call('GETRANGE', KEYS[1], 0, ${headerBytes - 1})
if math.max(string.byte(header, 1, -1)) > 127 then return {bytes, ''} end
local high, middle, low = string.byte(header, ${lengthFrom}, ${lengthFrom + 2})
local length = (high * 128 + middle) * 128 + low
if length == 0 then return {bytes, header} end
return {bytes, header .. redis.call('GETRANGE', KEYS[1], ${headerBytes}, ${headerBytes - 1} + length)}
`,
}

export interface KeyFacts {
  readonly key: string
  /** 0: there is none. */
  readonly bytes: number
  readonly header: Buffer
}

/** So many scripts leave at once: fewer than would keep Redis from answering somebody else in between. */
const AT_ONCE = 50

/** @throws StoreError */
export async function factsOf(
  redis: Pick<Redis, 'run'>,
  namespace: string,
  keys: readonly string[],
): Promise<KeyFacts[]> {
  const facts: KeyFacts[] = []
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const asked = keys.slice(at, at + AT_ONCE).map(async (key) => {
      const [bytes, header] = (await redis.run(FACTS, [entryKey(namespace, key)], [])) as readonly [number, string]
      return { key, bytes, header: Buffer.from(header, 'latin1') }
    })
    facts.push(...(await Promise.all(asked)))
  }
  return facts
}
