import { createHash } from 'node:crypto'

import type { Argument, Reply, Script } from './redis.ts'

/** What running a script needs of a client. */
export interface ScriptClient {
  evalsha(hash: string, keyCount: number, ...rest: Argument[]): Promise<unknown>
  eval(lua: string, keyCount: number, ...rest: Argument[]): Promise<unknown>
}

const hashes = new WeakMap<Script, string>()

/**
 * Runs a script by its hash, and by its text when the server does not know it (a fresh or restarted one); `onUnknown` is
 * told then.
 */
export async function runScript(
  client: ScriptClient,
  script: Script,
  keys: readonly string[],
  args: readonly Argument[],
  onUnknown: () => void,
): Promise<Reply> {
  const hash = hashOf(script)
  try {
    return (await client.evalsha(hash, keys.length, ...keys, ...args)) as Reply
  } catch (error) {
    // Refused before it ran, so repeating it is safe.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    onUnknown()
    return (await client.eval(script.lua, keys.length, ...keys, ...args)) as Reply
  }
}

/** The name by which a server knows a script once it has seen it. */
export function hashOf(script: Script): string {
  const known = hashes.get(script)
  if (known) return known
  const hash = createHash('sha1').update(script.lua).digest('hex')
  hashes.set(script, hash)
  return hash
}
