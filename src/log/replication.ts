/**
 * How many replicas must have an append, or confirm a heartbeat, before it counts. With `primary` none: the promise then
 * needs a fence that keeps an old primary from taking writes once a new one is there. With `replicated` that condition
 * goes: a primary that its replicas have left can neither acknowledge an invalidation nor keep anyone's lease young.
 *
 * Half of the replicas, rounded up, are enough (with two halves of a split, only one can have so many besides its
 * primary), and never fewer than one. The most that were ever seen count, not those that are connected now: those that
 * are missing are on the other side, perhaps.
 */
import type { Argument, RedisCommands, Reply, Script } from '../redis/redis.ts'

/** When an invalidation counts as acknowledged: when the primary has it, or when so many replicas have it too. */
export type Acknowledge = 'primary' | 'replicated' | { readonly replicas: number }

export interface Replication {
  /** Runs a script of the log as one invalidation, or the whole log, asks for it. @throws StoreError */
  run(
    script: Script,
    keys: readonly [string, ...string[]],
    args: readonly Argument[],
    how?: Acknowledge,
  ): Promise<Reply>
  /** How many replicas must have what is sent now, unless a call asks for something else. */
  needed(): number
  /** Notes how many replicas a heartbeat found connected. */
  saw(replicas: number): void
}

export function createReplication(redis: RedisCommands, acknowledge: Acknowledge): Replication {
  let mostSeen = 0
  const numberFor = (how: Acknowledge): number => {
    if (how === 'primary') return 0
    if (how !== 'replicated') return how.replicas
    // A number that was chosen knows more than what was seen.
    return typeof acknowledge === 'object' ? acknowledge.replicas : Math.max(1, Math.ceil(mostSeen / 2))
  }
  return {
    run(script, keys, args, how = acknowledge) {
      const replicas = numberFor(how)
      return replicas === 0 ? redis.run(script, keys, args) : redis.runReplicated(script, keys, args, replicas)
    },
    needed: () => numberFor(acknowledge),
    saw(replicas) {
      mostSeen = Math.max(mostSeen, replicas)
    },
  }
}
