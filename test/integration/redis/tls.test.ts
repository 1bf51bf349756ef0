import { connect } from 'node:tls'

import { describe, expect, it, onTestFinished } from 'vitest'

import { certificateAuthority } from '../../support/certificate.ts'
import { startTlsRedis, type TlsRedisOptions } from '../../support/redis-tls.ts'
import { watchedRedis, WRITE } from '../../support/watched-redis.ts'

async function tlsServer(options: TlsRedisOptions = {}) {
  const server = await startTlsRedis(options)
  onTestFinished(() => server.stop())
  return server
}

describe('TLS', () => {
  it('is spoken with a server whose authority was given, as text', async () => {
    const { url, authority } = await tlsServer()
    const { redis } = watchedRedis({ url, tls: { ca: authority.pem } })
    await redis.ready()
    expect(await redis.run(WRITE, ['hf:tls'], ['value'])).toBe('OK')
  })

  it('is refused without the authority: the message says what to give', async () => {
    const { url } = await tlsServer()
    const { redis } = watchedRedis({ url })
    await expect(redis.ready()).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_STORE',
      failure: 'tls',
      message: expect.stringMatching(/certificate .* was refused .*give its CA/),
    })
  })

  it('is refused with another authority of the same name', async () => {
    const { url } = await tlsServer()
    const { redis } = watchedRedis({ url, tls: { ca: certificateAuthority().pem } })
    await expect(redis.ready()).rejects.toMatchObject({ failure: 'tls' })
  })

  it('is refused by a host that the certificate is not made for, unless its name is given', async () => {
    const { url, authority } = await tlsServer({ names: { dns: ['redis.example'] } })
    const { redis } = watchedRedis({ url, tls: { ca: authority.pem } })
    await expect(redis.ready()).rejects.toMatchObject({
      failure: 'tls',
      message: expect.stringMatching(/or the host name it was made for/),
    })
    const { redis: named } = watchedRedis({ url, tls: { ca: authority.pem, servername: 'redis.example' } })
    await expect(named.ready()).resolves.toBeUndefined()
  })

  it('is not spoken below version 1.2', async () => {
    const { url, authority, tlsPort } = await tlsServer({
      // Level 0, since OpenSSL 3 itself refuses to sign what TLS 1.1 asks for at any higher one.
      args: ['--tls-protocols', 'TLSv1.1', '--tls-ciphers', 'DEFAULT@SECLEVEL=0'],
    })
    const { redis } = watchedRedis({ url, tls: { ca: authority.pem } })
    await expect(redis.ready()).rejects.toMatchObject({ failure: 'tls' })
    // The control: a client that allows it gets through.
    const old = connect({
      host: 'localhost',
      port: tlsPort,
      ca: authority.pem,
      minVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    onTestFinished(() => void old.destroy())
    await new Promise((resolve, reject) => old.once('secureConnect', resolve).once('error', reject))
    expect(old.getProtocol()).toBe('TLSv1.1')
  })

  it('never falls back: plaintext to a TLS port is a clear error', async () => {
    const { tlsPort } = await tlsServer()
    const { redis } = watchedRedis({ url: `redis://localhost:${tlsPort}` })
    await expect(redis.ready()).rejects.toMatchObject({
      failure: 'connection',
      message: expect.stringMatching(/rediss:\/\//),
    })
  })

  it('never falls back: TLS to a plaintext port is a clear error', async () => {
    const { plain, authority } = await tlsServer()
    const { redis } = watchedRedis({
      url: `rediss://localhost:${plain.port}`,
      tls: { ca: authority.pem },
      connectTimeout: '1s',
    })
    await expect(redis.ready()).rejects.toMatchObject({
      failure: 'connection',
      message: expect.stringMatching(/does it not speak TLS on this port/),
    })
  })
})
