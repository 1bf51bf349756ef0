/**
 * A key of 32 random bytes as a person hands it over, checked for what is plainly not random. Which bytes are random cannot
 * be told from the bytes; a passphrase, a pattern and a cut-off key can.
 */
import { createSecretKey, type KeyObject } from 'node:crypto'

import { ConfigError } from '../base/errors.ts'

const KEY_BYTES = 32
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/
/** 32 random bytes have fewer different ones about once in 10^19 keys. */
const MIN_DISTINCT = 16

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) that never repeats the secret */
export function secretKey(id: string, secret: string | Uint8Array): KeyObject {
  const bytes = bytesOf(secret)
  const weakness = bytes ? weaknessOf(bytes) : `is not ${KEY_BYTES} bytes of base64`
  if (!bytes || weakness) {
    throw new ConfigError(`The key ${JSON.stringify(id)} ${weakness}: make one with \`openssl rand -base64 32\``)
  }
  return createSecretKey(bytes)
}

function bytesOf(secret: string | Uint8Array): Uint8Array | undefined {
  if (typeof secret !== 'string') return secret
  // Node reads any text as base64, and skips what is none.
  return BASE64.test(secret) ? Buffer.from(secret, 'base64') : undefined
}

function weaknessOf(bytes: Uint8Array): string | undefined {
  if (!(bytes instanceof Uint8Array)) return 'is neither text nor bytes'
  if (bytes.length !== KEY_BYTES) return `has ${bytes.length} bytes instead of ${KEY_BYTES}`
  if (new Set(bytes).size < MIN_DISTINCT || isCounting(bytes)) return 'is a pattern, not random'
  // Bytes that are all printable are a passphrase: of 10^13 random keys one is.
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'is text, not random bytes'
  return undefined
}

/** Whether every byte is the same step from the one before. */
function isCounting(bytes: Uint8Array): boolean {
  const steps = bytes.map((byte, index) => byte - (bytes[index - 1] ?? 0)).subarray(1)
  return steps.every((step) => step === steps[0])
}
