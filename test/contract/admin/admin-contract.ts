/**
 * What every adapter of a framework does with the admin API: the same requests, the same answers. An adapter's test file says
 * how its framework mounts it below a path; all that is asserted is here.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

import { describe, expect, it, onTestFinished } from 'vitest'

import { createAdmin, type Admin, type AdminOptions } from '../../../src/admin/index.ts'
import { createCache } from '../../../src/index.ts'
import { byHeader, ENVIRONMENT } from '../../support/admin.ts'
import { listen, type Listening } from '../../support/listen.ts'

/** Serves the admin API below `/ops/cache`. */
export type ServeAdmin = (admin: Admin) => Promise<Listening>

const SCRIPT = 'console.log("the dashboard")\n'.repeat(50)

async function assetsFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-assets-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Cache</title>')
  await writeFile(join(folder, 'assets', 'app.0123abcd.js'), SCRIPT)
  await writeFile(join(folder, 'assets', 'app.0123abcd.js.br'), brotliCompressSync(SCRIPT))
  await writeFile(join(folder, 'secret.key'), 'not an asset')
  return folder
}

interface Opened {
  readonly admin: Admin
  readonly url: string
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>
}

const login = { 'x-role': 'admin', 'x-user': 'ada' }

export function adminAdapterContract(name: string, serve: ServeAdmin): void {
  const open = async (options: Partial<AdminOptions> = {}): Promise<Opened> => {
    const cache = createCache({ redis: null, namespace: 'contract' })
    const admin = createAdmin({ cache, redis: null, environment: ENVIRONMENT, authorize: byHeader, ...options })
    const { url, close } = await serve(admin)
    onTestFinished(async () => {
      await admin.close()
      await close()
      await cache.close()
    })
    const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(`${url}${path}`, { redirect: 'manual', ...init, headers: { ...login, ...init.headers } })
    return { admin, url, ask }
  }
  const change = (body: unknown): RequestInit => ({
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
  })

  describe(`the admin API in ${name}`, () => {
    it('answers below its path, and nothing is let in without a login', async () => {
      const { ask } = await open()
      const me = await ask('/ops/cache/api/me')
      expect([me.status, await me.json()]).toMatchObject([200, { user: 'ada', role: 'admin', namespace: 'contract' }])
      expect((await ask('/ops/cache/api/me', { headers: { 'x-role': 'none' } })).status).toBe(401)
      expect((await ask('/ops/cache/api/nothing')).status).toBe(404)
    })

    it('takes a body, and says what is wrong with another', async () => {
      const { ask } = await open()
      const shown = await ask('/ops/cache/api/invalidate', change({ keys: ['a:1'], dryRun: true }))
      expect([shown.status, await shown.json()]).toMatchObject([200, { state: 'dry-run', targets: ['key a:1'] }])
      const wrong = await ask('/ops/cache/api/invalidate', change({ keys: 'a', dryRun: true }))
      expect(wrong.headers.get('content-type')).toContain('application/problem+json')
      expect([wrong.status, await wrong.json()]).toMatchObject([
        400,
        { code: 'bad-request', issues: [{ path: 'keys' }] },
      ])
      const plain = { ...change({}), headers: { 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin' } }
      expect((await ask('/ops/cache/api/invalidate', plain)).status).toBe(415)
      const large = change({ keys: ['x'.repeat(300_000)], dryRun: true })
      expect((await ask('/ops/cache/api/invalidate', large)).status).toBe(413)
    })

    it('keeps a key with slashes, percent signs and other alphabets as it is', async () => {
      const { ask } = await open()
      for (const key of ['a/b%c:ü', '<img onerror=alert(1)>', 'metrics', '..', 'a b+c?d#e']) {
        // `..` must not be taken for a way up.
        const path = encodeURIComponent(key).replace('..', '%2e%2e%20').trim()
        const found = await ask(`/ops/cache/api/keys/${path}`)
        const wanted = key === '..' ? '.. ' : key
        expect([key, found.status, ((await found.json()) as { key?: string }).key]).toEqual([key, 200, wanted])
      }
    })

    it('answers other methods with 405, HEAD without a body, and pages of other sites with 403', async () => {
      const { ask } = await open()
      const wrong = await ask('/ops/cache/api/me', { method: 'DELETE' })
      expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET'])
      const head = await ask('/ops/cache/api/me', { method: 'HEAD' })
      expect([head.status, await head.text()]).toEqual([200, ''])
      const { headers: _headers, ...rest } = change({ keys: ['a'], dryRun: true })
      const json = { 'content-type': 'application/json' }
      expect(
        (await ask('/ops/cache/api/invalidate', { ...rest, headers: { ...json, 'sec-fetch-site': 'cross-site' } }))
          .status,
      ).toBe(403)
      // node's fetch says neither where it is from nor its origin, as a form of an old browser might.
      expect((await raw(await open(), 'POST', '/ops/cache/api/invalidate', json)).statusCode).toBe(403)
    })

    it('takes an Origin that is this host from browsers that say nothing else', async () => {
      const opened = await open()
      const { host } = new URL(opened.url)
      const json = { 'content-type': 'application/json', ...login }
      const body = JSON.stringify({ keys: ['a'], dryRun: true })
      const ask = async (origin: string) =>
        (await raw(opened, 'POST', '/ops/cache/api/invalidate', { ...json, origin }, body)).statusCode
      expect([await ask(`http://${host}`), await ask('http://elsewhere.example')]).toEqual([200, 403])
    })

    it('serves the dashboard: compressed, unchangeable where its name says so, and nothing beside it', async () => {
      const { ask } = await open({ assets: await assetsFolder() })
      const page = await ask('/ops/cache/')
      expect([page.status, page.headers.get('cache-control'), await page.text()]).toEqual([
        200,
        'no-cache',
        '<!doctype html><title>Cache</title>',
      ])
      const script = await ask('/ops/cache/assets/app.0123abcd.js', { headers: { 'accept-encoding': 'gzip, br' } })
      expect([script.status, script.headers.get('content-encoding'), script.headers.get('cache-control')]).toEqual([
        200,
        'br',
        'private, max-age=31536000, immutable',
      ])
      expect(await script.text()).toBe(SCRIPT)
      const etag = script.headers.get('etag') ?? ''
      const again = await ask('/ops/cache/assets/app.0123abcd.js', { headers: { 'if-none-match': etag } })
      expect([again.status, await again.text()]).toEqual([304, ''])
      for (const path of ['secret.key', 'assets/app.0123abcd.js.br', '%2e%2e/package.json', 'assets/..%2fsecret'])
        expect([path, (await ask(`/ops/cache/${path}`)).status]).toEqual([path, 404])
    })

    it('leads from the path without its slash to the one with it, by a relative address', async () => {
      const { ask } = await open({ assets: await assetsFolder() })
      const answered = await ask('/ops/cache')
      expect([answered.status, answered.headers.get('location')]).toEqual([308, './cache/'])
    })

    it('works behind a proxy that strips its prefix, and one that adds one', async () => {
      const { admin } = await open({ assets: await assetsFolder() })
      const { url: inner, close: closeInner } = await serve(admin)
      const proxy = await listen((incoming, outgoing) => {
        const path = (incoming.url ?? '').replace(/^\/public\/name/, '/ops/cache')
        const { host, port } = new URL(inner)
        const onward = httpRequest({
          host: host.split(':')[0],
          port,
          path,
          method: incoming.method,
          headers: incoming.headers,
        })
        onward.on('response', (answered) => {
          outgoing.writeHead(answered.statusCode ?? 502, answered.headers)
          answered.pipe(outgoing)
        })
        incoming.pipe(onward)
      })
      onTestFinished(async () => {
        await proxy.close()
        await closeInner()
      })
      const ask = (path: string) => fetch(`${proxy.url}${path}`, { headers: login, redirect: 'manual' })
      expect((await ask('/public/name/api/me')).status).toBe(200)
      expect((await ask('/public/name/assets/app.0123abcd.js')).status).toBe(200)
      const redirected = await ask('/public/name')
      // Whatever name the mount has inside, the address is relative, and the last part of it is the client's business.
      expect(redirected.headers.get('location')).toMatch(/^\.\//)
      expect((await ask('/public/name/')).status).toBe(200)
    })

    it('carries the headers that keep its pages safe, on every answer', async () => {
      const { ask } = await open({ assets: await assetsFolder() })
      for (const path of ['', 'api/me', 'api/nothing', 'assets/app.0123abcd.js']) {
        const { headers } = await ask(`/ops/cache/${path}`)
        expect(headers.get('content-security-policy')).toBe(
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
        )
        expect([headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual([
          'nosniff',
          'no-referrer',
        ])
      }
      expect((await ask('/ops/cache/api/me')).headers.get('cache-control')).toBe('no-store')
    })

    it('streams what happens, as it happens, and lets go when the page is closed', async () => {
      const { admin, ask } = await open({ sampleEvery: '250ms' })
      const stop = new AbortController()
      const answered = await ask('/ops/cache/events', { signal: stop.signal })
      expect([
        answered.status,
        answered.headers.get('content-type'),
        answered.headers.get('x-accel-buffering'),
      ]).toEqual([200, 'text/event-stream; charset=utf-8', 'no'])
      let text = ''
      const decoder = new TextDecoder()
      const reader = answered.body?.getReader()
      while ((text.match(/^event: sample$/gm) ?? []).length < 2) text += decoder.decode((await reader?.read())?.value)
      expect(text).toMatch(/^retry: 2000\n\nevent: hello\ndata: \{/)
      expect(admin.streams).toBe(1)
      stop.abort()
      await expect.poll(() => admin.streams).toBe(0)
    })

    it('knows who is on this machine', async () => {
      const { ask } = await open({ authorize: 'loopback' })
      expect((await ask('/ops/cache/api/me')).status).toBe(200)
      expect((await ask('/ops/cache/api/me', { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(401)
      const foreign = await raw(await open({ authorize: 'loopback' }), 'GET', '/ops/cache/api/me', {
        host: 'evil.example',
      })
      expect(foreign.statusCode).toBe(401)
    })
  })
}

/** A request with exactly these headers. */
function raw(
  { url }: Pick<Opened, 'url'>,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '{}',
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method, path, headers: { ...login, ...headers } }, (answered) => {
      answered.resume()
      resolve(answered)
    })
    sent.on('error', reject)
    sent.end(method === 'GET' ? undefined : body)
  })
}
