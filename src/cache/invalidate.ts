import { KeyError } from '../base/errors.ts'
import type { ResolvedTargets } from '../keys/target.ts'
import type { InvalidationNote, InvalidationResult } from '../log/appender.ts'
import type { InvalidationLog } from '../log/log.ts'

/** A record marks this many targets at most: one script must not hold Redis up for everyone else. */
const TARGETS_PER_RECORD = 1000

/** Appends the targets to the log, in several records when there are many. Acknowledged only when every one was. */
export async function invalidate(
  log: InvalidationLog,
  targets: ResolvedTargets,
  note: InvalidationNote,
): Promise<InvalidationResult> {
  if (targets.length === 0)
    throw new KeyError('invalidate() got nothing to invalidate: give keys, tags, a pattern, or all: true')
  if (targets === 'all' || targets.length <= TARGETS_PER_RECORD) return log.invalidate(targets, note)

  const batches: Promise<InvalidationResult>[] = []
  for (let at = 0; at < targets.length; at += TARGETS_PER_RECORD) {
    batches.push(log.invalidate(targets.slice(at, at + TARGETS_PER_RECORD), note))
  }
  const results = await Promise.all(batches)
  const acknowledged = results.every((result) => result.acknowledged)
  return { id: results[0]?.id ?? '', acknowledged, queued: !acknowledged }
}
