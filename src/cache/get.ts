import { checkKey } from '../keys/key.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { CacheDeps } from './deps.ts'
import { tellRead, untilAborted } from './get-or-set.ts'
import { lookupFar, lookupNear } from './lookup.ts'
import type { PeekOptions } from './read-options.ts'
import { serveStale } from './stale.ts'

/** The fresh entry of a key, or with `stale` one past its TTL that was not invalidated; never loads. */
export async function get(deps: CacheDeps, key: string, options: PeekOptions): Promise<CachedEntry | undefined> {
  const { signal, consistency, stale = false, onStale } = options
  signal?.throwIfAborted()
  const began = deps.log.now()
  const asked = { form: 'value', since: consistency === 'strict' ? began : undefined } as const
  const near = lookupNear(deps, checkKey(key), asked)
  const looking = near ? undefined : lookupFar(deps, key, asked)
  const found = near ?? (await (signal && looking ? untilAborted(looking, signal) : looking))
  if (!found) return undefined
  if (found.state !== 'hit' && stale && found.spare?.why === 'expired' && isKept(deps, found.spare.entry)) {
    return serveStale(deps, { key, began, options: { onStale } }, found.spare)
  }
  tellRead(deps, key, found, began)
  return found.state === 'hit' ? found.entry : undefined
}

function isKept({ clock }: CacheDeps, { goneAtMs }: CachedEntry): boolean {
  return clock.wallMs() < goneAtMs
}
