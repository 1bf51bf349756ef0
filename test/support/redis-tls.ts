import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort } from '../../src/testing/free-port.ts'
import { privateRedis, type PrivateRedis } from '../../src/testing/index.ts'
import { certificateAuthority, type CertificateAuthority } from './certificate.ts'

export interface TlsRedis extends AsyncDisposable {
  /** `rediss://localhost:<port>` */
  readonly url: string
  readonly tlsPort: number
  /** The same server without TLS, for control. */
  readonly plain: PrivateRedis
  readonly authority: CertificateAuthority
  stop(): Promise<void>
}

export interface TlsRedisOptions {
  /** What the certificate is made for. @default localhost and 127.0.0.1 */
  readonly names?: Parameters<CertificateAuthority['issue']>[0]
  /** @default [] */
  readonly args?: readonly string[]
}

/** A Redis that speaks TLS with a certificate of an authority of its own. */
export async function startTlsRedis({
  names = { dns: ['localhost'], ipv4: ['127.0.0.1'] },
  args = [],
}: TlsRedisOptions = {}): Promise<TlsRedis> {
  const authority = certificateAuthority()
  const { pem, keyPem } = authority.issue(names)
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-tls-'))
  const [certFile, keyFile, caFile] = ['server.crt', 'server.key', 'ca.crt'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await Promise.all([writeFile(certFile, pem), writeFile(keyFile, keyPem), writeFile(caFile, authority.pem)])
  const tlsPort = await freePort()
  const tlsArgs = [
    ['--tls-port', String(tlsPort)],
    ['--tls-cert-file', certFile],
    ['--tls-key-file', keyFile],
    ['--tls-ca-cert-file', caFile],
    ['--tls-auth-clients', 'no'],
  ].flat()
  const remove = () => rm(folder, { recursive: true, force: true })
  const plain = await privateRedis({ args: [...tlsArgs, ...args] }).catch(async (error: unknown) => {
    await remove()
    throw error
  })
  const stop = async (): Promise<void> => {
    await plain.stop()
    await remove()
  }
  return { url: `rediss://localhost:${tlsPort}`, tlsPort, plain, authority, stop, [Symbol.asyncDispose]: stop }
}
