/*
 * X.509 certificates made at run time (RFC 5280, in DER), so that no key lies in the repository and no certificate expires
 * there. They hold as little as a TLS client checks: names, validity, an authority and its signature.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

export interface Certificate {
  readonly pem: string
  readonly keyPem: string
}

export interface CertificateAuthority {
  readonly pem: string
  /** A server's certificate, made for these DNS names and IPv4 addresses. */
  issue(names: { readonly dns?: readonly string[]; readonly ipv4?: readonly string[] }): Certificate
}

const DAY_MS = 86_400_000
const ECDSA_WITH_SHA256 = '06082a8648ce3d040302'
const COMMON_NAME = '0603550403'
const BASIC_CONSTRAINTS = '0603551d13'
const SUBJECT_ALT_NAME = '0603551d11'

// The tags of DER that a certificate uses.
const tag = { boolean: 1, integer: 2, bits: 3, octets: 4, utf8: 12, utcTime: 23, sequence: 48, set: 49 }
const version3 = der(0xa0, der(tag.integer, Buffer.of(2)))
const signatureAlgorithm = der(tag.sequence, Buffer.from(ECDSA_WITH_SHA256, 'hex'))

/** A certificate authority that nothing trusts by itself. */
export function certificateAuthority(name = 'Test CA'): CertificateAuthority {
  const authority = newKeys()
  const isAuthority = der(tag.sequence, der(tag.boolean, Buffer.of(0xff)))
  return {
    pem: certificate({
      subject: name,
      issuer: name,
      publicKey: authority.publicKey,
      signer: authority.privateKey,
      extension: extension(BASIC_CONSTRAINTS, isAuthority),
    }),
    issue({ dns = [], ipv4 = [] }) {
      const own = newKeys()
      const names = [
        ...dns.map((host) => der(0x82, Buffer.from(host))),
        ...ipv4.map((address) => der(0x87, Buffer.from(address.split('.').map(Number)))),
      ]
      const pem = certificate({
        subject: 'Test server',
        issuer: name,
        publicKey: own.publicKey,
        signer: authority.privateKey,
        extension: extension(SUBJECT_ALT_NAME, der(tag.sequence, ...names)),
      })
      return { pem, keyPem: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
    },
  }
}

interface Asked {
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  readonly extension: Buffer
}

function certificate({ subject, issuer, publicKey, signer, extension: only }: Asked): string {
  const serial = Buffer.concat([Buffer.of(1), randomBytes(15)])
  const validity = der(tag.sequence, utcTime(Date.now() - DAY_MS), utcTime(Date.now() + DAY_MS))
  const signed = der(
    tag.sequence,
    version3,
    der(tag.integer, serial),
    signatureAlgorithm,
    nameOf(issuer),
    validity,
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(tag.sequence, only)),
  )
  const signature = der(tag.bits, Buffer.of(0), sign('sha256', signed, signer))
  const text = der(tag.sequence, signed, signatureAlgorithm, signature).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${text.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
}

function extension(oid: string, value: Buffer): Buffer {
  return der(tag.sequence, Buffer.from(oid, 'hex'), der(tag.octets, value))
}

function nameOf(commonName: string): Buffer {
  const attribute = der(tag.sequence, Buffer.from(COMMON_NAME, 'hex'), der(tag.utf8, Buffer.from(commonName)))
  return der(tag.sequence, der(tag.set, attribute))
}

// UTCTime has two digits for the year, and no fractions.
function utcTime(ms: number): Buffer {
  return der(tag.utcTime, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`))
}

function der(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const long = body.length.toString(16)
  const bytes = Buffer.from(long.length % 2 === 0 ? long : `0${long}`, 'hex')
  const length = body.length < 128 ? bytes : Buffer.concat([Buffer.of(0x80 | bytes.length), bytes])
  return Buffer.concat([Buffer.of(type), length, body])
}
