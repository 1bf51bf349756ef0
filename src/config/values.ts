/**
 * What a single setting takes: valibot schemas whose every complaint is one and the same sentence ("must be …"), so that a
 * problem reads well whichever check found it.
 */
import { X509Certificate } from 'node:crypto'

import * as v from 'valibot'

import { toMs, type Duration } from '../base/duration.ts'
import type { RedisAddress } from '../redis/url.ts'

type Value<T> = v.GenericSchema<unknown, T>

const HOST = /^[^\s:@/\\[\],]+$|^[\dA-Fa-f]*:[\dA-Fa-f]*:[\dA-Fa-f.:]*$/

/** A text of one character or more that matches `pattern`. */
export function text(must = 'must be a text that is not empty', pattern: RegExp = /[\s\S]/): Value<string> {
  return v.pipe(v.string(must), v.regex(pattern, must))
}

export function oneOf<T extends string>(options: readonly T[]): Value<T> {
  return v.picklist(options, `must be one of ${options.join(', ')}`)
}

export function flag(): Value<boolean> {
  return v.boolean('must be true or false')
}

export function wholeNumber(least: number, most: number): Value<number> {
  const must = `must be a whole number from ${least} to ${most}`
  return v.pipe(v.number(must), v.integer(must), v.minValue(least, must), v.maxValue(most, must))
}

/** A length of time of at least `least` and at most `most`, kept as it is written. */
export function duration(least: Duration, most: Duration): Value<Duration> {
  const must = `must be a time from ${least} to ${most}: milliseconds, or a text with a unit such as '250ms', '2s', '15m', '1h'`
  return v.pipe(
    v.union([v.number(must), v.pipe(v.string(must), v.regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, must))], must),
    v.transform((written) => written as Duration),
    v.check((written) => msOf(written) >= toMs(least) && msOf(written) <= toMs(most), must),
  )
}

export function host(): Value<string> {
  return text('must be a host name or an address, without a port', HOST)
}

/** Hosts with ports; one that names no port gets `defaultPort`. */
export function addresses(defaultPort: number): Value<readonly RedisAddress[]> {
  const example = `[{ "host": "redis1", "port": ${defaultPort} }]`
  const must = `must be a list such as ${example}, or redis1:${defaultPort},redis2 in a variable`
  const port = v.optional(wholeNumber(1, 65_535), defaultPort)
  return v.array(v.strictObject({ host: host(), port }, must), must)
}

export function certificates(): Value<string> {
  return v.pipe(
    v.string('must be a text in PEM'),
    v.check(isCertificate, 'must hold a certificate in PEM (-----BEGIN CERTIFICATE-----), not the name of a file'),
  )
}

/** Also takes null, which means none whatever the default is. */
export function orNone<T>(value: Value<T>): Value<T | null> {
  return v.nullable(value)
}

/** Unlike `toMs` it throws for no number: one below zero or without end is for the schema to refuse. */
function msOf(written: Duration): number {
  return typeof written === 'number' ? written : toMs(written)
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    // Whatever it is that node:crypto cannot read, it is no certificate.
    return false
  }
}
