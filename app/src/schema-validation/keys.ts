import type { KnownSchema } from './schemas.ts'

/** The cache's key of what one schema says of one state of a document. */
export function validationKey(
  { name, fingerprint }: Pick<KnownSchema, 'name' | 'fingerprint'>,
  { id, revision }: { readonly id: string; readonly revision: string },
): string {
  return `schema_validation:${name}:${fingerprint}:${id}:${revision}`
}
