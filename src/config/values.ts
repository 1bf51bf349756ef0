/**
 * What a single setting takes: valibot schemas whose every complaint is the whole sentence ("must be …"), so that a problem
 * reads the same whichever check found it.
 */
import { X509Certificate } from 'node:crypto'

import * as v from 'valibot'

import { toMs, type Duration } from '../base/duration.ts'
import type { RedisAddress } from '../redis/url.ts'

type Value<T> = v.GenericSchema<unknown, T>

const HOST = /^[^\s:@/\\[\],]+$|^[\dA-Fa-f:.]*:[\dA-Fa-f:.]*$/

/** A text of one character or more that matches `pattern`. */
export function text(description: string, pattern = /./s, must = 'must be a text that is not empty'): Value<string> {
  return v.pipe(v.string(must), v.regex(pattern, must), v.description(description))
}

export function oneOf<T extends string>(description: string, options: readonly T[]): Value<T> {
  return v.pipe(v.picklist(options, `must be one of ${options.join(', ')}`), v.description(description))
}

export function flag(description: string): Value<boolean> {
  return v.pipe(v.boolean('must be true or false'), v.description(description))
}

export function wholeNumber(description: string, least: number, most: number): Value<number> {
  const must = `must be a whole number from ${least} to ${most}`
  return v.pipe(v.number(must), v.integer(must), v.minValue(least, must), v.maxValue(most, must), v.description(description))
}

/** A length of time of at least `least` and at most `most`. */
export function duration(description: string, least: Duration, most: Duration): Value<Duration> {
  const must = `must be a time from ${least} to ${most}, in milliseconds or with a unit such as '250ms', '2s', '15m', '1h'`
  const within = (written: Duration): boolean => toMs(written) >= toMs(least) && toMs(written) <= toMs(most)
  return v.pipe(
    v.union([v.number(must), v.pipe(v.string(must), v.regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, must))], must),
    v.transform((written) => written as Duration),
    v.check(within, must),
    v.description(description),
  )
}

export function host(description: string): Value<string> {
  return text(description, HOST, 'must be a host name or an address, without a port')
}

/** Hosts with ports; one that names no port gets `defaultPort`. */
export function addresses(description: string, defaultPort: number): Value<readonly RedisAddress[]> {
  const must = `must be a list such as [{ "host": "redis1", "port": ${defaultPort} }], or redis1:${defaultPort},redis2 in a variable`
  const member = v.strictObject(
    {
      host: host('The host name or the address.'),
      port: v.optional(wholeNumber('The port.', 1, 65_535), defaultPort),
    },
    must,
  )
  return v.pipe(v.array(member, must), v.description(description))
}

export function certificates(description: string): Value<string> {
  const must = 'must hold a certificate in PEM (-----BEGIN CERTIFICATE-----), not the name of a file'
  return v.pipe(v.string(must), v.check(isCertificate, must), v.description(description))
}

/** Also takes null, which means none, whatever the default is. */
export function orNone<T>(value: Value<T>): Value<T | null> {
  return v.nullable(value)
}

/** Marks a setting whose value is never shown. */
export function secret(value: Value<string>): Value<string> {
  return v.pipe(value, v.metadata({ secret: true }))
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}
