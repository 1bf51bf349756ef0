/**
 * The keys of sessions in Redis. Every part of them has a fixed alphabet: a namespace, two hex digits, a hash. What users
 * type never becomes part of one. Keys of a bucket share a slot, since the braces hold it alone with the namespace before.
 *
 *     hf:<ns>:s:{b}:<hash>   STRING  a sealed session, named by the SHA-256 of its token
 *     hf:<ns>:m:{b}:<hash>   STRING  what the list of devices shows of it, sealed
 *     hf:<ns>:u:{b}:<tag>    ZSET    the sessions of a user, by when each must end
 *     hf:<ns>:n:{b}:<tag>    STRING  logins of a user before this moment do not count
 *     hf:<ns>:a:{b}          ZSET    all sessions of the bucket, by when each must end
 *     hf:<ns>:r:{tag}        STRING  a budget of login attempts
 *
 * All have a TTL.
 */
export interface SessionKeys {
  session(bucket: string, hash: string): string
  meta(bucket: string, hash: string): string
  index(bucket: string, userTag: string): string
  notBefore(bucket: string, userTag: string): string
  registry(bucket: string): string
  attempts(tag: string): string
}

/** One byte: enough to spread over any cluster, and few enough to count them all. */
export const BUCKETS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function bucketOf(byte: number): string {
  return BUCKETS[byte & 0xff] ?? '00'
}

export function sessionKeys(namespace: string): SessionKeys {
  const prefix = `hf:${namespace}`
  return {
    session: (bucket, hash) => `${prefix}:s:{${bucket}}:${hash}`,
    meta: (bucket, hash) => `${prefix}:m:{${bucket}}:${hash}`,
    index: (bucket, userTag) => `${prefix}:u:{${bucket}}:${userTag}`,
    notBefore: (bucket, userTag) => `${prefix}:n:{${bucket}}:${userTag}`,
    registry: (bucket) => `${prefix}:a:{${bucket}}`,
    attempts: (tag) => `${prefix}:r:{${tag}}`,
  }
}
