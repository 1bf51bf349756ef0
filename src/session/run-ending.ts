import type { Argument, Redis, Reply, Script } from '../redis/redis.ts'
import type { Asking } from './asking.ts'

export interface EndingDeps {
  readonly redis: Redis
  readonly ask: Asking
  /** How many replicas must have it before it is reported. */
  readonly replicas: number
}

/** Runs a script that ends sessions. @throws SessionUnavailableError, also when too few replicas have it in time */
export function runEnding(
  { redis, ask, replicas }: EndingDeps,
  script: Script,
  keys: readonly [string, ...string[]],
  args: readonly Argument[],
): Promise<Reply> {
  return ask(script.name, () =>
    replicas === 0 ? redis.run(script, keys, args) : redis.runReplicated(script, keys, args, replicas),
  )
}
