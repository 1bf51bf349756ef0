import { expect, it } from 'vitest'

import { createActivities } from '../../../../src/admin/live/activities.ts'
import { createLiveHub, MAX_STREAMS } from '../../../../src/admin/live/hub.ts'
import type { Overview } from '../../../../src/admin/index.ts'
import { fakeClock } from '../../../support/fake-clock.ts'

function opened() {
  const clock = fakeClock()
  const activities = createActivities(clock)
  let made = 0
  const sample = () => {
    made += 1
    return { overview: { atMs: made } as Overview, point: undefined }
  }
  const hub = createLiveHub({ clock, everyMs: 1000, activities, sample, onError: () => undefined })
  return { clock, activities, hub, made: () => made }
}

/** What a page has read so far. */
function page(response: Response | undefined): { text: () => Promise<string>; close: () => Promise<void> } {
  const reader = response?.body?.getReader()
  let text = ''
  const decoder = new TextDecoder()
  const reading = (async () => {
    for (;;) {
      const part = await reader?.read()
      if (!part || part.done) return
      text += decoder.decode(part.value)
    }
  })()
  return {
    async text() {
      await new Promise((resolve) => void setImmediate(resolve))
      return text
    },
    async close() {
      await reader?.cancel()
      await reading
    },
  }
}

const countOf = (text: string, event: string): number =>
  [...text.matchAll(new RegExp(`^event: ${event}$`, 'gm'))].length

it('makes one sample a tick for fifty pages, and none for no page', async () => {
  const { clock, hub, made } = opened()
  clock.advance(10_000)
  expect(made()).toBe(0)
  const pages = Array.from({ length: 50 }, () => page(hub.open(null)))
  const before = made()
  for (let tick = 0; tick < 3; tick += 1) {
    clock.advance(1000)
    await pages[0]?.text()
  }
  expect(made() - before).toBe(3)
  for (const { text } of pages) expect(countOf(await text(), 'sample')).toBe(4)
  for (const { close } of pages) await close()
  expect(hub.streams).toBe(0)
  clock.advance(10_000)
  expect(made() - before).toBe(3)
})

it('tells a page that comes back what it missed', async () => {
  const { activities, hub } = opened()
  for (const text of ['one', 'two', 'three']) activities.add({ level: 'info', kind: 'admin', text })
  const fresh = page(hub.open(null))
  expect(countOf(await fresh.text(), 'activity')).toBe(0)
  const back = page(hub.open('1'))
  expect(await back.text()).toMatch(/^id: 2\nevent: activity\ndata: .*two.*\n\nid: 3\nevent: activity\ndata: .*three/m)
  // The process before this one counted further.
  const older = page(hub.open('900'))
  expect(countOf(await older.text(), 'activity')).toBe(3)
  activities.add({ level: 'info', kind: 'admin', text: 'four' })
  expect(countOf(await fresh.text(), 'activity')).toBe(1)
})

it('beats when nothing else would keep a proxy from giving up', async () => {
  const { clock, hub } = opened()
  const open = page(hub.open(null))
  for (let tick = 0; tick < 16; tick += 1) {
    clock.advance(1000)
    await open.text()
  }
  expect(await open.text()).toContain(': heartbeat\n\n')
})

it('lets a page that does not read miss samples, and cuts it off before it costs memory', async () => {
  const { clock, activities, hub } = opened()
  const stuck = hub.open(null)
  for (let tick = 0; tick < 100; tick += 1) clock.advance(1000)
  expect(hub.streams).toBe(1)
  for (let flood = 0; flood < 100; flood += 1) activities.add({ level: 'info', kind: 'admin', text: String(flood) })
  expect(hub.streams).toBe(0)
  expect(stuck?.body).toBeDefined()
})

it('opens so many streams and no more, and ends them all when it is closed', async () => {
  const { hub } = opened()
  const pages = Array.from({ length: MAX_STREAMS }, () => page(hub.open(null)))
  expect(hub.open(null)).toBeUndefined()
  hub.close()
  expect(hub.streams).toBe(0)
  expect(await pages[0]?.text()).toContain('event: hello')
})
