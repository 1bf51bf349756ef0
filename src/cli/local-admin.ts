import { userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Cache } from '../cache/cache.ts'
import type { Config } from '../config/config.ts'
import { createService } from '../service.ts'
import { createAdminClient, type AdminClient } from './admin-client.ts'
import { CliError, ExitCode } from './exit-code.ts'

/** Nothing listens there: requests are handed over in this process. */
const LONGEST_WAIT_MS = 2000
const LOOK_EVERY_MS = 10
const BASE = new URL('http://holdfast.local/')

/**
 * The admin API of this program itself, over the configured Redis. Whoever may read the configuration has all of Redis
 * already, so they may do all; the audit trail knows them by the name they have on this machine.
 */
export function localAdmin(config: Config): AdminClient {
  const service = createService(config, { authorize: () => ({ user: `cli:${nameOfUser()}`, role: 'admin' }) })
  // The first answer of Redis, or why there is none: a list that is empty because nobody answered helps nobody.
  const ready = service.redis.ready().then(() => heard(service.cache))
  ready.catch(() => undefined)
  const send = async (request: Request): Promise<Response> => {
    try {
      await ready
    } catch (error) {
      throw new CliError(
        ExitCode.unreachable,
        error instanceof Error ? error.message : String(error),
        'holdfast config print shows where it looks',
        { cause: error },
      )
    }
    return service.admin.fetch(request)
  }
  return createAdminClient(BASE, send, {}, () => service.close())
}

/** What this process knows of the log decides how entries are judged; it begins to ask as the cache is made. */
async function heard(cache: Cache): Promise<void> {
  for (let waitedMs = 0; cache.health().state !== 'ok' && waitedMs < LONGEST_WAIT_MS; waitedMs += LOOK_EVERY_MS)
    await sleep(LOOK_EVERY_MS)
}

function nameOfUser(): string {
  try {
    return userInfo().username
  } catch {
    // A user without an entry, as containers have.
    return String(process.getuid?.() ?? 'unknown')
  }
}
