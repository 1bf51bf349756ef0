import type { Cache } from 'holdfast'

import type { Account } from '../auth.ts'
import { cacheTtl, nullIfAbsent } from '../cache-ttl.ts'
import type { RunWrite } from '../invalidation.ts'
import { sealDocument, type RequirementsBody, type RequirementsDocument, type VersionSummary } from './document.ts'
import { requirementKeys } from './keys.ts'
import type { RequirementsRepository } from './repository.ts'

/** Requirements as the service reads and writes them: reads through the cache, writes that invalidate it. */
export interface Requirements {
  /** The newest version; null when there is none. */
  latest(): Promise<RequirementsDocument | null>
  versions(): Promise<readonly VersionSummary[]>
  byId(versionId: number): Promise<RequirementsDocument | null>
  /** Adds a version and resolves to it. */
  submit(body: RequirementsBody, account: Pick<Account, 'user'>): Promise<RequirementsDocument>
}

export interface RequirementsDeps {
  readonly repository: RequirementsRepository
  readonly cache: Cache
  readonly runWrite: RunWrite
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
}

// So many submissions in one millisecond are no coincidence any more.
const ATTEMPTS = 1000

export function createRequirements({ repository, cache, runWrite, nowMs }: RequirementsDeps): Requirements {
  const options = { ttl: cacheTtl('requirements') }
  return {
    latest: () =>
      cache.getOrSet(
        requirementKeys.latest,
        async (context) => nullIfAbsent(await repository.latest(), context),
        options,
      ),
    versions: () => cache.getOrSet(requirementKeys.versions, () => repository.versions(), options),
    byId: (versionId) =>
      cache.getOrSet(
        requirementKeys.byId(versionId),
        async (context) => nullIfAbsent(await repository.byId(versionId), context),
        options,
      ),
    async submit(body, { user }) {
      const now = nowMs()
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const versionId = now + attempt
        const document = sealDocument(body, { versionId, author: user, nowMs: now })
        const outcome = await runWrite('requirements-submitted', { versionId }, user, () => repository.insert(document))
        if (outcome === 'applied') return document
      }
      throw new Error(`No free version id within ${ATTEMPTS} ms of ${now}`)
    },
  }
}
