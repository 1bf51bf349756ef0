/**
 * The grammar of what users name: keys, tags and namespaces. Their text is data: it is refused or it names exactly itself,
 * whatever characters it holds. Nothing here is ever interpreted as a pattern.
 */
import { KeyError } from '../base/errors.ts'

/** Keys and tags may be this many bytes of UTF-8. Longer ones cost every process memory and every read time. */
const MAX_NAME_BYTES = 1024

/** @throws KeyError (ERR_HOLDFAST_KEY) unless `key` is a text of 1 to 1024 bytes of well-formed Unicode */
export function checkKey(key: unknown): string {
  return checkName('key', key)
}

/** @throws KeyError (ERR_HOLDFAST_KEY) unless `tag` is a text of 1 to 1024 bytes of well-formed Unicode */
export function checkTag(tag: unknown): string {
  return checkName('tag', tag)
}

/** @throws KeyError (ERR_HOLDFAST_KEY) unless `namespace` is 1 to 64 of A–Z a–z 0–9 _ - */
export function checkNamespace(namespace: unknown): string {
  if (typeof namespace === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(namespace)) return namespace
  throw new KeyError(`A namespace takes 1 to 64 of the characters A–Z a–z 0–9 _ -, got ${quote(namespace)}`)
}

export function checkName(what: string, name: unknown): string {
  if (typeof name !== 'string') throw new KeyError(`A ${what} must be a text, got ${quote(name)}`)
  if (name === '') throw new KeyError(`A ${what} must not be empty`)
  // A lone surrogate would become U+FFFD on the way to Redis, and two different keys would meet there.
  if (!name.isWellFormed())
    throw new KeyError(`A ${what} must be well-formed Unicode, got a lone surrogate in ${quote(name)}`)
  if (name.length > MAX_NAME_BYTES || Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw new KeyError(
      `A ${what} takes up to ${MAX_NAME_BYTES} bytes, got ${Buffer.byteLength(name)}: hash the long part, ${quote(name)}`,
    )
  }
  return name
}

/** How a name is shown in an error: its type, or its text, shortened. */
function quote(name: unknown): string {
  if (typeof name !== 'string') return name === null ? 'null' : typeof name
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name)
}
