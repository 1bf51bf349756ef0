/**
 * Sees what clients write over what, with the eyes of the server: an entry is never replaced by an older one of its epoch,
 * and never removed while the head of the log has nothing against it.
 */
import { decodeHeader } from '../../../src/codec/header.ts'
import { entryKey, keyOfEntry, logKeys } from '../../../src/keys/redis-key.ts'
import { targetsOf, type Target } from '../../../src/keys/target.ts'
import { Marks } from '../../../src/log/marks.ts'
import { isTarget } from '../../../src/log/scan-head.ts'
import type { ViolationKind } from '../oracle/history.ts'
import type { Server } from '../redis/server.ts'

const NAMESPACE = 'sim'
const ENTRIES = entryKey(NAMESPACE, '').slice(0, -1)

export interface WatchDeps {
  /** Whether what is removed is judged by the head. */
  readonly isJudged: boolean
  readonly report: (kind: ViolationKind, what: string) => void
}

export function watchEntries(servers: readonly Server[], { isJudged, report }: WatchDeps): void {
  for (const server of servers) {
    const written = (key: string, bytes: Buffer): void => {
      const stored = server.get(key)
      if (!stored) return
      const [{ stamp: before }, { stamp: after }] = [decodeHeader(stored), decodeHeader(bytes)]
      if (before.epoch !== after.epoch || before.position <= after.position) return
      report('younger-lost', `${key} of ${before.position} was replaced by one of ${after.position}`)
    }
    const removed = (key: string): void => {
      const stored = server.get(key)
      const marks = stored && marksOf(server)
      if (!marks) return
      const { stamp, tags } = decodeHeader(stored)
      if (!marks.isCurrent(stamp, () => targetsOf(keyOfEntry(NAMESPACE, key), tags))) return
      report('current-lost', `${key} of ${stamp.position} was removed`)
    }
    server.onWriting((effect) => {
      if (effect.op === 'set' && effect.key.startsWith(ENTRIES)) written(effect.key, effect.bytes)
      if (effect.op !== 'del' || !isJudged) return
      for (const key of effect.keys) if (key.startsWith(ENTRIES)) removed(key)
    })
  }
}

/** What the head of a server says, or undefined when it was evicted. */
function marksOf(server: Server): Marks | undefined {
  const head = server.keyspace.hash(logKeys(NAMESPACE).head)
  const epoch = head?.get('@epoch')
  if (!head || epoch === undefined) return undefined
  const marks = new Marks()
  const found = [...head].filter((field): field is [Target, string] => isTarget(field[0]))
  marks.learn({
    epoch,
    position: Number(head.get('@pos')),
    floor: Number(head.get('@floor')),
    marks: new Map(found.map(([target, position]) => [target, Number(position)])),
  })
  return marks
}
