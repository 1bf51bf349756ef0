/** The dashboard in a real browser, on a real cache with a real Redis. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'

import { PAGES } from '../support/dashboard-pages.ts'
import { openPage, startBrowser, startDashboard, type DashboardService, type Watched } from '../support/dashboard.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const HOSTILE = '<img src=x onerror=document.title=1>'

let service: DashboardService
let browser: Browser

beforeAll(async () => {
  service = await startDashboard()
  browser = await startBrowser()
  for (const id of [1, 2, 3])
    await service.cache.getOrSet(`product:${id}`, () => Promise.resolve({ id }), { ttl: '1h', tags: ['catalogue'] })
  await service.cache.getOrSet(HOSTILE, () => Promise.resolve('harmless'), { ttl: '1h' })
})

afterAll(async () => {
  await browser.close()
  await service.close()
})

async function opened(scheme: 'light' | 'dark' = 'light'): Promise<Watched> {
  const watched = await openPage(browser, service.url, scheme)
  onTestFinished(() => watched.page.close())
  return watched
}

describe('AC-404.3 the dashboard', () => {
  for (const scheme of ['light', 'dark'] as const) {
    it(`shows every page in ${scheme}, with nothing that axe finds, and within its policy`, async () => {
      const { page, complaints, strangers } = await opened(scheme)
      const found: unknown[] = []
      for (const { id, title } of PAGES) {
        await page.goto(`${service.url}#/${id}`)
        await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
        await page.locator('main:not(:has(.loading))').waitFor()
        found.push(...(await violations(page, id)))
      }
      expect(found).toEqual([])
      expect(complaints).toEqual([])
      expect(strangers).toEqual([])
    })
  }

  it('is held to its policy by the browser: a style in the markup is refused, and told of', async () => {
    const { page, complaints } = await opened()
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<p style="color:red">x</p>')`)
    await expect.poll(() => complaints.join('\n')).toContain('Content Security Policy')
  })

  it('shows a key named like a script as text, and runs nothing', async () => {
    const { page, complaints } = await opened()
    await page.keyboard.press('/')
    await page.keyboard.type(HOSTILE)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: HOSTILE }).click()
    await page.getByRole('heading', { name: HOSTILE }).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).toContain('Keys')
    expect(complaints).toEqual([])
  })

  it('invalidates chosen keys: counts, asks why, does it, and leaves a row in the audit trail', async () => {
    await service.cache.getOrSet('victim:1', () => Promise.resolve('old'), { ttl: '1h' })
    const { page } = await opened()
    await page.goto(`${service.url}#/keys`)
    await page.getByRole('searchbox').fill('victim:*')
    await page.getByRole('button', { name: 'Search', exact: true }).click()
    await page.getByRole('checkbox', { name: 'Choose victim:1' }).check()
    await page.getByRole('button', { name: 'Invalidate 1 chosen…' }).click()
    await page.getByRole('button', { name: 'Count what would go' }).click()
    await page.getByRole('heading', { name: '1 entry would go' }).waitFor()
    expect(await service.cache.getOrSet('victim:1', () => Promise.resolve('new'), { ttl: '1h' })).toBe('old')
    expect(await page.getByRole('button', { name: 'Invalidate', exact: true }).isDisabled()).toBe(true)
    await page.getByLabel('Reason').fill('a price was wrong')
    await page.getByRole('button', { name: 'Invalidate', exact: true }).click()
    await page.getByText('Invalidated: ').waitFor()
    expect(await service.cache.getOrSet('victim:1', () => Promise.resolve('new'), { ttl: '1h' })).toBe('new')
    await page.getByRole('link', { name: 'See the audit trail' }).click()
    await page.getByRole('cell', { name: 'a price was wrong' }).waitFor()
    expect(await page.getByRole('cell', { name: 'product:1' }).count()).toBe(0)
  })

  it('asks for the namespace before it invalidates everything', async () => {
    const { page } = await opened()
    await page.goto(`${service.url}#/invalidate`)
    await page.getByRole('radio', { name: 'all' }).check()
    await page.getByRole('button', { name: 'Count what would go' }).click()
    await page.getByLabel('Reason').fill('start afresh')
    const button = page.getByRole('button', { name: 'Invalidate', exact: true })
    expect(await button.isDisabled()).toBe(true)
    await page.getByLabel('Type').fill('shop')
    await button.click()
    await page.getByText('Invalidated: ').waitFor()
  })

  it('switches caching off and on after a reason, and says so on every page', async () => {
    const { page } = await opened()
    await page.getByRole('button', { name: 'Disable caching' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('a drill')
    await dialog.getByRole('button', { name: 'Disable caching' }).click()
    await page.locator('header').getByText('Disabled').waitFor()
    expect(service.cache.enabled()).toBe(false)
    await page.getByRole('button', { name: 'Enable caching' }).click()
    await dialog.getByLabel('Reason').fill('the drill is over')
    await dialog.getByRole('button', { name: 'Enable caching' }).click()
    await page.locator('header').getByText('Enabled').waitFor()
    expect(service.cache.enabled()).toBe(true)
  })

  it('is worked by keyboard: pages, the map, and the focus that a dialog gives back', async () => {
    const { page } = await opened()
    await page.keyboard.press('g')
    await page.keyboard.press('d')
    await page.getByRole('heading', { level: 1, name: 'Doctor' }).waitFor()
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN')
    await page.getByRole('button', { name: 'Keyboard map' }).focus()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(`document.activeElement.getAttribute('aria-label')`)).toBe('Keyboard map')
  })

  it('shows the points of a chart as a table', async () => {
    const { page } = await opened()
    await page.getByRole('button', { name: 'Memory as a table' }).click()
    await page.getByRole('region', { name: 'Memory, latest first' }).getByRole('row').nth(1).waitFor()
    expect(await page.getByRole('img', { name: /^Memory/ }).count()).toBe(0)
  })
})

describe('AC-404.3 the dashboard in trouble', () => {
  it('says that the service is away, and is live again when it is back', async () => {
    const { page } = await opened()
    service.shut()
    await page.getByText('The service cannot be reached').waitFor()
    await service.open()
    await page.getByText('Live', { exact: true }).waitFor()
    await vi.waitFor(async () => expect(await page.getByText('The service cannot be reached').count()).toBe(0))
  })

  it('says that Redis is down, shows what this process knows, and recovers by itself', async () => {
    const { page, complaints } = await opened()
    service.redis.signal('SIGKILL')
    await page.getByRole('alert').getByText('Redis is down').first().waitFor()
    await page.getByRole('heading', { name: 'Process memory' }).waitFor()
    for (const { id, title } of PAGES) {
      await page.goto(`${service.url}#/${id}`)
      await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
      await page.locator('main:not(:has(.loading))').waitFor()
    }
    await service.redis.restart()
    await page.goto(`${service.url}#/overview`)
    await page.locator('header').getByText('Enabled').waitFor()
    await page.getByRole('alert').waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })
})

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** A script element would be against the page's policy; what is evaluated is not. */
async function violations(page: Watched['page'], where: string): Promise<readonly string[]> {
  await page.evaluate(AXE)
  const found = await page.evaluate<readonly Violation[]>('axe.run(document).then(({ violations }) => violations)')
  return found.map(({ id, nodes }) => `${where}: ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)
}
