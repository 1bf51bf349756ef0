/**
 * The built dashboard on a real cache, with its own Redis, its admin API behind a prefix, and a browser. What a page
 * complains of, asks of strangers, or does against its policy is gathered for the test to judge.
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { chromium, type Browser, type Page } from 'playwright-core'

import { adminListener } from '../../src/adapter/http.ts'
import { alertsOf, createAdmin, figuresOf, type AdminOptions } from '../../src/admin/index.ts'
import {
  alertRules,
  createAlerts,
  createCache,
  createKeyRing,
  createMetrics,
  createRedis,
  createSampler,
  createSessions,
  type Cache,
  type Sessions,
  type WarmStep,
} from '../../src/index.ts'
import { privateRedis, type PrivateRedis } from '../../src/testing/index.ts'

/** Any prefix does; the page knows none. */
const PREFIX = '/ops/cache'
const ARGUMENTS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

const PRODUCTS: WarmStep = {
  name: 'products',
  entries: ['warmed:1', 'warmed:2'].map((key) => ({ key, load: () => Promise.resolve({ key }) })),
}

export interface DashboardService {
  readonly url: string
  readonly cache: Cache
  readonly sessions: Sessions
  readonly redis: PrivateRedis
  /** Ends every connection that is open and takes no more, until `open` is called. */
  shut(): void
  open(): Promise<void>
  close(): Promise<void>
}

/** @param options of the admin API, over what it has here */
export async function startDashboard(options: Partial<AdminOptions> = {}): Promise<DashboardService> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-ui-'))
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../scripts/build-dashboard.ts'), folder])
  const server = await privateRedis()
  const redis = createRedis({ url: server.url })
  const cache = createCache({ redis, namespace: 'shop' })
  const sessions = createSessions({
    redis,
    namespace: 'shop',
    keys: createKeyRing({ keys: { first: randomBytes(32) } }),
  })
  const metrics = createMetrics({ cache, redis, sessions })
  const sampler = createSampler({ metrics, cache, redis, sessions: true })
  // The rules of the package, which ring at once here: what a person sees is tested, not how long it takes.
  const alerts = createAlerts({
    metrics,
    redis,
    namespace: 'shop',
    sinks: [],
    rules: alertRules.map((rule) => ({ ...rule, forMs: 0, keepMs: 0 })),
    every: '200ms',
    startupGrace: 0,
  })
  const admin = createAdmin({
    cache,
    redis,
    sessions,
    figures: figuresOf(sampler),
    alerts: alertsOf(alerts),
    authorize: 'loopback',
    environment: { label: 'test', color: '#3366cc' },
    assets: folder,
    warmPlan: () => [PRODUCTS],
    ...options,
  })
  const listener = adminListener(admin, PREFIX)
  let http = createServer((request, response) => void listener(request, response))
  const port = await listen(http, 0)
  return {
    url: `http://127.0.0.1:${port}${PREFIX}/`,
    cache,
    sessions,
    redis: server,
    shut() {
      http.close()
      http.closeAllConnections()
    },
    async open() {
      http = createServer((request, response) => void listener(request, response))
      await listen(http, port)
    },
    async close() {
      http.close()
      http.closeAllConnections()
      await admin.close()
      alerts.close()
      sampler.close()
      await cache.close()
      await redis.close()
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS.split(' ') })
}

export interface Watched {
  readonly page: Page
  /** Errors of scripts, and what the policy forbade. */
  readonly complaints: readonly string[]
  /** Requests that went anywhere but below the prefix. */
  readonly strangers: readonly string[]
}

export async function openPage(browser: Browser, url: string, scheme: 'light' | 'dark' = 'light'): Promise<Watched> {
  const page = await browser.newPage({
    colorScheme: scheme,
    viewport: { width: 1280, height: 860 },
    reducedMotion: 'reduce',
  })
  const complaints: string[] = []
  const strangers: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // A service that is away is told of by the browser itself; the page's own words are what the tests look at.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) strangers.push(request.url())
  })
  await page.goto(url)
  await page.getByText('Live', { exact: true }).waitFor()
  return { page, complaints, strangers }
}
