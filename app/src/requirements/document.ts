/**
 * A requirements document: immutable, identified by the millisecond it was submitted in. Its checksum is the SHA-256 of the
 * document as two-space JSON without the checksum, in the order of its fields, so anybody can recompute it from an answer.
 */
import { createHash } from 'node:crypto'

/** What a submission consists of; the schema says what is inside. */
export interface RequirementsBody {
  readonly title: string
  readonly version: string
  readonly description: string
  readonly requirements: { readonly functional: readonly object[]; readonly non_functional: readonly object[] }
  readonly stakeholders?: readonly object[]
  readonly acceptance_criteria?: readonly object[]
}

export interface RequirementsMetadata {
  readonly version_id: number
  readonly author: string
  /** ISO 8601 in UTC. */
  readonly timestamp: string
  /** Seconds since 1970, with a fraction. */
  readonly created_at: number
  readonly checksum: string
}

export interface RequirementsDocument extends RequirementsBody {
  readonly metadata: RequirementsMetadata
}

/** A line of the list of versions. */
export interface VersionSummary {
  readonly version_id: number
  readonly version: string
  readonly title: string
  readonly timestamp: string
  readonly author: string
  readonly checksum: string
}

/** The document that a submission becomes. `versionId` may be later than `nowMs` when its millisecond was taken. */
export function sealDocument(
  body: RequirementsBody,
  { versionId, author, nowMs }: { readonly versionId: number; readonly author: string; readonly nowMs: number },
): RequirementsDocument {
  const metadata = {
    version_id: versionId,
    author,
    timestamp: new Date(nowMs).toISOString(),
    created_at: nowMs / 1000,
  }
  return { ...body, metadata: { ...metadata, checksum: checksumOf({ ...body, metadata }) } }
}

/** The checksum of a document, whether it holds one already or not. */
export function checksumOf(document: RequirementsBody & { readonly metadata: object }): string {
  const metadata = Object.fromEntries(Object.entries(document.metadata).filter(([name]) => name !== 'checksum'))
  return createHash('sha256')
    .update(JSON.stringify({ ...document, metadata }, null, 2))
    .digest('hex')
}
