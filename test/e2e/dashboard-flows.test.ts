/** What a person does in the dashboard, step by step, in a real browser on a real cache with a real Redis. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { PAGES } from '../support/dashboard-pages.ts'
import { openPage, startBrowser, startDashboard, type DashboardService } from '../support/dashboard.ts'

let service: DashboardService
let browser: Browser

beforeAll(async () => {
  service = await startDashboard()
  browser = await startBrowser()
  for (const id of [1, 2, 3]) await service.cache.getOrSet(`product:${id}`, () => ({ id }), { ttl: '1h' })
})

afterAll(async () => {
  await browser.close()
  await service.close()
})

async function at(id: string, url = service.url): Promise<Page> {
  const { page } = await openPage(browser, url)
  onTestFinished(() => page.close())
  await page.goto(`${url}#/${id}`)
  await page.locator('main:not(:has(.loading))').waitFor()
  return page
}

/** Gives the reason that a dialog asks for, and does what it is for. */
async function confirm(page: Page, action: string, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  const button = dialog.getByRole('button', { name: action, exact: true })
  expect(await button.isDisabled(), 'nothing without a reason').toBe(true)
  await dialog.getByLabel('Reason').fill(reason)
  await button.click()
  await dialog.waitFor({ state: 'detached' })
}

async function session(user: string): Promise<string> {
  const made = await service.sessions.load(undefined)
  await made.login(user)
  const { setCookie } = await made.commit()
  return setCookie?.split(';')[0] ?? ''
}

describe('AC-404.3 in the dashboard a sysadmin', () => {
  it('sees an alert fire, silences it with a reason, hears it again, and sees it end', async () => {
    const page = await at('alerts')
    await page.getByText('No alert is firing').waitFor()
    service.redis.signal('SIGKILL')
    const row = page.getByRole('row', { name: /HoldfastRedisDown/ }).first()
    await row.getByText('firing', { exact: true }).waitFor()
    expect(await page.getByText('No alert is firing').count()).toBe(0)
    await service.redis.restart()
    await page.getByText('No alert is firing').waitFor()
    await page
      .getByRole('region', { name: 'History of alerts', exact: true })
      .getByRole('cell', { name: 'resolved' })
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Silence HoldfastRedisDown' }).click()
    await confirm(page, 'Silence', 'a new Redis')
    const silences = page.getByRole('region', { name: 'Silences', exact: true })
    await silences.getByRole('cell', { name: 'a new Redis' }).waitFor()
    await row.getByText('inactive, silenced').waitFor()
    await silences.getByRole('button', { name: 'End' }).click()
    await page.getByText('Nothing is silenced').waitFor()
    await page.goto(`${service.url}#/audit`)
    await page.getByRole('cell', { name: 'a new Redis' }).first().waitFor()
  })

  it('finds the sessions of a user and revokes one, then the rest', async () => {
    const cookies = [await session('mallory'), await session('mallory'), await session('mallory')]
    const page = await at('sessions')
    await page.getByRole('searchbox').fill('mallory')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    const table = page.getByRole('region', { name: 'Sessions of the user', exact: true })
    await expect.poll(() => table.getByRole('button', { name: 'Revoke…' }).count()).toBe(3)
    await table.getByRole('button', { name: 'Revoke…' }).first().click()
    await confirm(page, 'Revoke', 'a stolen laptop')
    await page.getByText('1 session revoked').waitFor()
    const live = async () => {
      const loaded = await Promise.all(cookies.map((cookie) => service.sessions.load(cookie)))
      return loaded.filter(({ user }) => user === 'mallory').length
    }
    expect(await live()).toBe(2)
    await page.getByRole('button', { name: 'Revoke all 2…' }).click()
    await confirm(page, 'Revoke', 'the account was sold')
    await page.getByText('mallory has no live session').waitFor()
    expect(await live()).toBe(0)
  })

  it('changes how long new entries of a family are fresh, and takes it back', async () => {
    const orders = service.cache.family('orders', { ttl: '5m', load: (id: string) => ({ id }) })
    await orders.get('1')
    const page = await at('families')
    const row = page.getByRole('region', { name: 'TTL policy', exact: true }).getByRole('row', { name: /^orders / })
    const change = async (seconds: string): Promise<void> => {
      await page.getByRole('button', { name: 'Change the TTL of orders' }).click()
      await page.getByRole('dialog').getByLabel('Seconds').fill(seconds)
      await confirm(page, 'Change', 'a try')
    }
    await change('90')
    await row.getByText('changed here').waitFor()
    expect(await row.textContent()).toContain('1 min 30 s')
    await change('')
    await expect.poll(() => row.textContent()).not.toContain('changed here')
  })

  it('warms what the deployment has steps for, and sees how far it got', async () => {
    const page = await at('warm')
    await page.getByRole('checkbox', { name: 'products' }).uncheck()
    expect(await page.getByRole('button', { name: 'Warm these steps…' }).isDisabled()).toBe(true)
    await page.getByRole('checkbox', { name: 'products' }).check()
    await page.getByRole('button', { name: 'Warm these steps…' }).click()
    await confirm(page, 'Warm', 'before the sale')
    await page.getByText('Warmed', { exact: true }).waitFor()
    await page.getByText('2 of 2').waitFor()
    expect(await service.cache.get('warmed:1')).toEqual({ key: 'warmed:1' })
  })

  it('goes to the next page of keys and back', async () => {
    await Promise.all(Array.from({ length: 240 }, (_, id) => service.cache.set(`page:${id}`, id)))
    const page = await at('keys')
    const shown = async () =>
      (await page.getByRole('link', { name: /^(page|product|orders|warmed):/ }).allTextContents()).join()
    await expect.poll(shown).not.toBe('')
    const first = await shown()
    expect(await page.getByRole('button', { name: 'Back', exact: true }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await expect.poll(shown).not.toBe(first)
    await page.getByRole('button', { name: 'Back', exact: true }).click()
    await expect.poll(shown).toBe(first)
  })

  it('reads every page on a telephone without scrolling sideways', async () => {
    const page = await at('overview')
    await page.setViewportSize({ width: 360, height: 740 })
    const wide: string[] = []
    for (const { id, title } of PAGES) {
      await page.goto(`${service.url}#/${id}`)
      await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
      await page.locator('main:not(:has(.loading))').waitFor()
      const over = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      if (over > 0) wide.push(`${id}: ${over} px`)
    }
    expect(wide).toEqual([])
  })
})

describe('AC-404.3 in the dashboard a viewer', () => {
  it('is offered nothing that a viewer may not do, and is refused it anyway', async () => {
    const seen = await startDashboard({ authorize: () => ({ user: 'vera', role: 'viewer' }) })
    onTestFinished(() => seen.close())
    await seen.cache.getOrSet('product:1', () => 1)
    const page = await at('overview', seen.url)
    const offered: string[] = []
    for (const { id, title } of PAGES) {
      await page.goto(`${seen.url}#/${id}`)
      await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
      await page.locator('main:not(:has(.loading))').waitFor()
      const names = await page
        .getByRole('button', { name: /invalidate|disable|enable|silence|revoke|warm|change/i })
        .all()
      for (const button of names) offered.push(`${id}: ${await button.textContent()}`)
    }
    expect(offered).toEqual([])
    const status = await page.evaluate<number>(
      `fetch('api/switch', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ enabled: false, reason: 'a try' }),
      }).then(({ status }) => status)`,
    )
    expect(status).toBe(403)
    expect(seen.cache.enabled()).toBe(true)
  })
})
