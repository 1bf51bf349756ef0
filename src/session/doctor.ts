import type { ResolvedSessionsOptions } from './options.ts'

/** What puts sessions at risk: each a sentence. */
export interface Diagnosis {
  /** Sessions are or will be lost, or travel in the clear. */
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** Policies that take away nothing, or only what ends soonest. */
const HARMLESS = new Set(['noeviction', 'volatile-ttl'])
/** NIST SP 800-63B, second assurance level. */
const LONG_MS = 24 * 3_600_000

/** Looks at the options, and at what the last check of Redis found. */
export function diagnose(options: ResolvedSessionsOptions): Diagnosis {
  const { state, problems, server } = options.redis.health()
  const { evictionPolicy } = server
  const evicts = evictionPolicy !== undefined && !HARMLESS.has(evictionPolicy)
  return {
    problems: [
      ...(evicts
        ? [`maxmemory-policy is ${evictionPolicy}: a full Redis logs users out. Use noeviction, or volatile-ttl`]
        : []),
      ...(state === 'down' || state === 'degraded' ? problems : []),
    ],
    warnings: [
      ...(state === 'unknown' ? ['Redis has not been checked yet'] : []),
      ...(options.absoluteMs > LONG_MS ? ['absolute is more than a day: a stolen cookie works for as long'] : []),
      ...(options.cookie.name.startsWith('__Host-')
        ? []
        : [`The cookie ${options.cookie.name} can be planted by other hosts of the domain: __Host-id cannot`]),
    ],
  }
}
