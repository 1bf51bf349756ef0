import { randomBytes } from 'node:crypto'

import { createRedis, createSessions } from 'holdfast'

/** As the guide has it: nothing is tuned. */
export function sessionsAt(url) {
  return createSessions({ redis: createRedis({ url }), keys: { keys: { bench: randomBytes(32) } } })
}
