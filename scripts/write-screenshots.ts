/** Writes the pictures of docs/operations/dashboard.md: the built dashboard on a cache with some traffic, in a real browser. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { openPage, startBrowser, startDashboard } from '../test/support/dashboard.ts'

/** A picture that grows past it does not belong into the repository. */
const MOST_BYTES = 150_000
const TRAFFIC_MS = 25_000
const folder = join(import.meta.dirname, '../docs/operations/images')

/** What a shop caches: some is read often and kept long, some is slow, some is big. */
const SHOP = {
  product: ['10s', 5, 400],
  price: ['2s', 12, 40],
  search: ['3s', 60, 4000],
  basket: ['5s', 8, 900],
} as const

const service = await startDashboard({ environment: { label: 'staging', color: '#8a5a00' } })
const FAMILIES = Object.entries(SHOP).map(([name, [ttl, loadMs, characters]]) =>
  service.cache.family(name, {
    ttl,
    async load(id: number) {
      await sleep(loadMs + (id % 10))
      return { id, text: 'x'.repeat(characters + id) }
    },
    tags: () => [name],
  }),
)
const browser = await startBrowser()
try {
  const ended = new AbortController()
  const traffic = drive(ended.signal)
  await sleep(TRAFFIC_MS)
  mkdirSync(folder, { recursive: true })
  for (const scheme of ['light', 'dark'] as const) await picture('overview', scheme, 'overview')
  for (const page of ['families', 'doctor', 'keys', 'connections']) await picture(page, 'light', page)
  ended.abort()
  await traffic
} finally {
  await browser.close()
  await service.close()
}

async function drive(ended: AbortSignal): Promise<void> {
  for (let turn = 0; !ended.aborted; turn += 1) {
    await Promise.all(Array.from({ length: 12 }, (_, index) => read((turn * 7 + index * index) % 240)))
    await sleep(20)
  }
}

async function read(id: number): Promise<unknown> {
  return FAMILIES[id % FAMILIES.length]?.get(id)
}

async function picture(page: string, scheme: 'light' | 'dark', name: string): Promise<void> {
  const { page: tab } = await openPage(browser, service.url, scheme)
  await tab.goto(`${service.url}#/${page}`)
  await tab.locator('main:not(:has(.loading))').waitFor()
  await sleep(1500)
  const bytes = await tab.screenshot()
  if (bytes.byteLength > MOST_BYTES)
    throw new Error(`The picture of ${page} has ${bytes.byteLength} bytes, and ${MOST_BYTES} are allowed`)
  writeFileSync(join(folder, `dashboard-${name}${scheme === 'dark' ? '-dark' : ''}.png`), bytes)
  process.stdout.write(`${name} ${scheme}: ${bytes.byteLength} bytes\n`)
  await tab.close()
}
