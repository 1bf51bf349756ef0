/**
 * The live stream: one EventSource while the page is seen. When it breaks, the overview is polled, never twice at once,
 * and the stream is tried again after a growing wait. A hidden page holds no connection at all.
 *
 * EventSource's own reconnecting is not used: it never comes back after an HTTP error, and does not say when it tries.
 */
import { signal } from '@preact/signals'

import type { WarmStatus } from '../../src/admin/contract/invalidation.ts'
import type { Activity, ActivityList, Overview, Point } from '../../src/admin/contract/overview.ts'
import type { LiveEvents } from '../../src/admin/contract/live.ts'
import { ask, failureOf } from './api.ts'

export type Link =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'polling' }
  | { readonly state: 'lost'; readonly why: string }
  | { readonly state: 'paused' }

export const link = signal<Link>({ state: 'connecting' })
export const overview = signal<Overview | undefined>(undefined)
export const lastPoint = signal<Point | undefined>(undefined)
export const activities = signal<readonly Activity[]>([])
export const warmNews = signal<WarmStatus | undefined>(undefined)

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 30_000
const POLL_MS = 3000
/** Longer than any heartbeat: a stream that says nothing for so long is dead, whatever the browser thinks. */
const SILENCE_MS = 20_000
const MOST_ACTIVITIES = 50

let stream: EventSource | undefined
let waitMs = FIRST_WAIT_MS
let retry: number | undefined
let poll: number | undefined
let silence: number | undefined

export function startLive(): void {
  document.addEventListener('visibilitychange', () => (document.hidden ? pause() : connect()))
  if (document.hidden) link.value = { state: 'paused' }
  else connect()
}

/** Tries the stream now, whatever the wait. */
export function connect(): void {
  stop()
  if (link.value.state !== 'lost' && link.value.state !== 'polling') link.value = { state: 'connecting' }
  void loadActivities()
  const opened = new EventSource('events')
  stream = opened
  const on = <Name extends keyof LiveEvents>(name: Name, take: (data: LiveEvents[Name]) => void): void =>
    opened.addEventListener(name, (event: MessageEvent<string>) => {
      heard()
      take(JSON.parse(event.data) as LiveEvents[Name])
    })
  on('hello', () => {
    waitMs = FIRST_WAIT_MS
    link.value = { state: 'live' }
  })
  on('sample', (data) => (overview.value = data))
  on('point', (data) => (lastPoint.value = data))
  on('activity', (data) => remember([data]))
  on('warm', (data) => (warmNews.value = data))
  opened.addEventListener('error', broken)
  heard()
}

function heard(): void {
  window.clearTimeout(silence)
  silence = window.setTimeout(broken, SILENCE_MS)
}

function broken(): void {
  stop()
  void pollOverview()
  retry = window.setTimeout(connect, waitMs)
  waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
}

async function pollOverview(): Promise<void> {
  const mine = {}
  polling = mine
  const next = await readOverview()
  // The stream may have come back, or the page been hidden, while the answer was under way.
  if (polling !== mine) return
  link.value = next
  poll = window.setTimeout(() => void pollOverview(), POLL_MS)
}
let polling: object | undefined

async function readOverview(): Promise<Link> {
  try {
    overview.value = await ask<Overview>('api/overview')
    return { state: 'polling' }
  } catch (error) {
    return { state: 'lost', why: failureOf(error).message }
  }
}

async function loadActivities(): Promise<void> {
  try {
    remember((await ask<ActivityList>('api/activity')).activities)
  } catch {
    // The stream's own failure says what is wrong; the feed is filled when it comes back.
  }
}

function remember(news: readonly Activity[]): void {
  const all = new Map([...activities.value, ...news].map((activity) => [`${activity.id}:${activity.atMs}`, activity]))
  activities.value = [...all.values()]
    .sort((left, right) => right.atMs - left.atMs || right.id - left.id)
    .slice(0, MOST_ACTIVITIES)
}

function pause(): void {
  stop()
  link.value = { state: 'paused' }
}

function stop(): void {
  stream?.close()
  stream = undefined
  polling = undefined
  for (const timer of [retry, poll, silence]) window.clearTimeout(timer)
}
