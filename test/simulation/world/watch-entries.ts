/** Sees what clients write over what: an entry is never replaced by an older one of its epoch. */
import { decodeHeader } from '../../../src/codec/header.ts'
import { entryKey } from '../../../src/keys/redis-key.ts'
import type { Server } from '../redis/server.ts'

const ENTRIES = entryKey('sim', '').slice(0, -1)

export function watchEntries(servers: readonly Server[], report: (what: string) => void): void {
  for (const server of servers) {
    server.onWriting((effect) => {
      if (effect.op !== 'set' || !effect.key.startsWith(ENTRIES)) return
      const stored = server.get(effect.key)
      if (!stored) return
      const [{ stamp: before }, { stamp: after }] = [decodeHeader(stored), decodeHeader(effect.bytes)]
      if (before.epoch !== after.epoch || before.position <= after.position) return
      report(`${effect.key} of ${before.position} was replaced by one of ${after.position}`)
    })
  }
}
