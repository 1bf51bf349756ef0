import type { JsonAnswer, WarmEntry } from 'holdfast'

import type { Account } from '../auth.ts'
import { cacheTtl, nullIfAbsent } from '../cache-ttl.ts'
import type { RunWrite } from '../invalidation.ts'
import { read, readJson, type CachedRead, type ReadThrough } from '../read-through.ts'
import { sealDocument, type RequirementsBody, type RequirementsDocument, type VersionSummary } from './document.ts'
import { requirementKeys } from './keys.ts'
import type { RequirementsRepository } from './repository.ts'

/** Requirements as the service reads and writes them: reads through the cache, writes that invalidate it. */
export interface Requirements {
  /** The newest version; null when there is none. */
  latest(): Promise<RequirementsDocument | null>
  versions(): Promise<readonly VersionSummary[]>
  byId(versionId: number): Promise<RequirementsDocument | null>
  /** The newest version as text, `null` when there is none. */
  latestJson(ifNoneMatch?: string): Promise<JsonAnswer>
  byIdJson(versionId: number, ifNoneMatch?: string): Promise<JsonAnswer>
  /** Adds a version and resolves to it. */
  submit(body: RequirementsBody, account: Pick<Account, 'user'>): Promise<RequirementsDocument>
  /** The latest version, then the newest `count` of them, for a warm-up. */
  warmEntries(count: number): AsyncIterable<WarmEntry>
  /** How a key of this cache is read; undefined when it is none of requirements. */
  entryOf(key: string): WarmEntry | undefined
}

export interface RequirementsDeps {
  readonly repository: Omit<RequirementsRepository, 'byIds'>
  readonly cache: ReadThrough
  readonly runWrite: RunWrite
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
}

// So many submissions in one millisecond are no coincidence any more.
const ATTEMPTS = 1000

export function createRequirements({ repository, cache, runWrite, nowMs }: RequirementsDeps): Requirements {
  const options = { ttl: cacheTtl('requirements') }
  const latest: CachedRead<RequirementsDocument | null> = {
    ...options,
    key: requirementKeys.latest,
    load: async (context) => nullIfAbsent(await repository.latest(), context),
  }
  const versions: CachedRead<readonly VersionSummary[]> = {
    ...options,
    key: requirementKeys.versions,
    load: () => repository.versions(),
  }
  const oneOf = (versionId: number): CachedRead<RequirementsDocument | null> => ({
    ...options,
    key: requirementKeys.byId(versionId),
    load: async (context) => nullIfAbsent(await repository.byId(versionId), context),
  })
  return {
    latest: () => read(cache, latest),
    versions: () => read(cache, versions),
    byId: (versionId) => read(cache, oneOf(versionId)),
    latestJson: (ifNoneMatch) => readJson(cache, latest, ifNoneMatch),
    byIdJson: (versionId, ifNoneMatch) => readJson(cache, oneOf(versionId), ifNoneMatch),
    async *warmEntries(count) {
      yield latest
      const newestFirst = [...(await read(cache, versions))].sort((a, b) => b.version_id - a.version_id)
      for (const { version_id } of newestFirst.slice(0, count)) yield oneOf(version_id)
    },
    entryOf(key) {
      const fixed = [latest, versions].find((one) => one.key === key)
      const versionId = Number(key.slice(key.indexOf(':') + 1))
      return fixed ?? (requirementKeys.byId(versionId) === key ? oneOf(versionId) : undefined)
    },
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
