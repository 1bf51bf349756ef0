/**
 * The keys in Redis, and nothing else, decide what belongs together: the log's keys share the slot of the namespace, an
 * entry (and later its lease) the slot of its own key. In a cluster only the text between the first braces counts, so
 * braces in a user's key are percent-encoded, and the percent sign with them to keep the encoding one to one.
 */
export interface LogKeys {
  readonly head: string
  readonly log: string
  /** Never exists: deleting it is the write that proves the server takes writes. */
  readonly probe: string
  /** Whether the fleet caches. */
  readonly switch: string
  /** Who sweeps; and up to where it was swept. */
  readonly sweep: string
  readonly swept: string
}

export function logKeys(namespace: string): LogKeys {
  const of = (name: string): string => `hf:{${namespace}}:${name}`
  return {
    head: of('head'),
    log: of('log'),
    probe: of('probe'),
    switch: of('switch'),
    sweep: of('sweep'),
    swept: of('swept'),
  }
}

export function entryKey(namespace: string, key: string): string {
  return `hf:${namespace}:e:{${encodeBraces(key)}}`
}

/** The pattern of a namespace's entries for SCAN. A namespace has no character that a pattern could mean. */
export function entryPattern(namespace: string): string {
  return `hf:${namespace}:e:{*}`
}

/** The user's key of an entry as SCAN found it. */
export function keyOfEntry(namespace: string, found: string): string {
  const encoded = found.slice(entryKey(namespace, '').length - 1, -1)
  return encoded.replace(/%(7B|7D|25)/g, (code) => DECODED[code] ?? code)
}

/** The lease of a key's load, in the slot of its entry: the fill touches both. */
export function leaseKey(namespace: string, key: string): string {
  return `hf:${namespace}:l:{${encodeBraces(key)}}`
}

/** The hottest keys of the fleet. */
export function hotKeysKey(namespace: string): string {
  return `hf:{${namespace}}:hot`
}

/** Who changed what by the admin API. */
export function auditKey(namespace: string): string {
  return `hf:{${namespace}}:audit`
}

/** TTLs that operators laid over families, by the families' names. */
export function ttlsKey(namespace: string): string {
  return `hf:{${namespace}}:ttls`
}

/** What a dry run has shown to somebody, until they confirm it. */
export function confirmKey(namespace: string, token: string): string {
  return `hf:{${namespace}}:confirm:${token}`
}

/** The environment whose deployment uses the namespace. */
export function environmentKey(namespace: string): string {
  return `hf:{${namespace}}:environment`
}

/** What nobody is to be told of for a while. */
export function silencesKey(namespace: string): string {
  return `hf:{${namespace}}:silences`
}

/** Which processes of the fleet see an alert firing, and when somebody was told of it last. */
export function alertKey(namespace: string, rule: string): string {
  return `hf:{${namespace}}:alert:${rule}`
}

/** Where the end of a load is told to those who wait for it in other processes. */
export function loadsChannel(namespace: string): string {
  return `hf:{${namespace}}:filled`
}

const ENCODED: Readonly<Record<string, string>> = { '{': '%7B', '}': '%7D', '%': '%25' }
const DECODED: Readonly<Record<string, string>> = { '%7B': '{', '%7D': '}', '%25': '%' }

function encodeBraces(key: string): string {
  return /[{}%]/.test(key) ? key.replace(/[{}%]/g, (character) => ENCODED[character] ?? character) : key
}
