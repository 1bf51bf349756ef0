/**
 * Tokens of dry runs. A token stands for exactly what was counted, for one caller, once, for five minutes; so nobody commits
 * what they have not seen. It lies in Redis, since the commit may reach another process than the dry run did; while Redis is
 * away, in this process.
 */
import { createHash, randomBytes } from 'node:crypto'

import type { Clock } from '../base/clock.ts'
import { StoreError } from '../base/errors.ts'
import { confirmKey } from '../keys/redis-key.ts'
import type { Redis, Script } from '../redis/redis.ts'

const LIFE_MS = 300_000
/** Tokens kept in this process while Redis is away. */
const MAX_HELD = 500
const TOKEN = /^[\w-]{24}$/

/** KEYS[1] token · ARGV[1] what it stands for, [2] its life in ms */
const GRANT: Script = { name: 'confirm.grant', lua: `return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])` }

/** Takes a token away. KEYS[1] token · returns what it stood for, or ''. One script: it is good for one commit. */
const REDEEM: Script = {
  name: 'confirm.redeem',
  lua: `
local meaning = redis.call('GET', KEYS[1])
if meaning then redis.call('DEL', KEYS[1]) end
return meaning or ''
`,
}

/** What a token stands for: the targets in their canonical text, and who has seen them. */
export interface Shown {
  readonly targets: string
  readonly user: string
  readonly count: number
}

export interface Confirmations {
  grant(shown: Shown): Promise<{ readonly token: string; readonly expiresAtMs: number }>
  /** What was counted, when the token is for this; undefined otherwise. Either way the token is gone. */
  redeem(token: string, shown: Omit<Shown, 'count'>): Promise<number | undefined>
}

export function createConfirmations(redis: Pick<Redis, 'run'> | null, namespace: string, clock: Clock): Confirmations {
  const held = new Map<string, { readonly meaning: string; readonly untilMs: number }>()

  const elsewhere = async (work: () => Promise<unknown>): Promise<unknown> => {
    try {
      return redis ? await work() : undefined
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return undefined
    }
  }
  return {
    async grant(shown) {
      const token = randomBytes(18).toString('base64url')
      const key = confirmKey(namespace, token)
      const granted = await elsewhere(async () => redis?.run(GRANT, [key], [meaningOf(shown), LIFE_MS]))
      const expiresAtMs = clock.wallMs() + LIFE_MS
      if (granted === undefined) {
        held.set(token, { meaning: meaningOf(shown), untilMs: expiresAtMs })
        const [oldest] = held.keys()
        if (held.size > MAX_HELD && oldest !== undefined) held.delete(oldest)
      }
      return { token, expiresAtMs }
    },
    async redeem(token, shown) {
      if (!TOKEN.test(token)) return undefined
      const own = held.get(token)
      held.delete(token)
      const meaning =
        own && own.untilMs > clock.wallMs()
          ? own.meaning
          : String((await elsewhere(async () => redis?.run(REDEEM, [confirmKey(namespace, token)], []))) ?? '')
      const [hash, count] = meaning.split(' ')
      return hash === hashOf(shown) ? Number(count) : undefined
    },
  }
}

function meaningOf(shown: Shown): string {
  return `${hashOf(shown)} ${shown.count}`
}

function hashOf({ targets, user }: Omit<Shown, 'count'>): string {
  return createHash('sha256')
    .update(JSON.stringify([targets, user]))
    .digest('base64url')
}
