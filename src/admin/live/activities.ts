/** What happened lately in this process, in words, for the activity feed: the last few, each with an id that rises. */
import type { Clock } from '../../base/clock.ts'
import { createEmitter } from '../../base/emitter.ts'
import type { HoldfastEvent } from '../../base/events.ts'
import type { RedisEvent } from '../../redis/events.ts'
import type { Activity } from '../contract/overview.ts'

const KEPT = 50
/** Errors come in floods: of one kind, one in so long is told, with how many were not. */
const SAME_EVERY_MS = 5000

type News = Pick<Activity, 'level' | 'kind' | 'text'>

export interface Activities {
  add(news: News): void
  ofCache(event: HoldfastEvent): void
  ofRedis(event: RedisEvent): void
  /** Newest first. */
  list(): readonly Activity[]
  /** Those after an id, oldest first. */
  since(id: number): readonly Activity[]
  on(listener: (activity: Activity) => void): () => void
}

export function createActivities(clock: Clock): Activities {
  const kept: Activity[] = []
  const emitter = createEmitter<Activity>()
  const told = new Map<string, { readonly atMs: number; missed: number }>()
  let lastId = 0

  const add = (news: News): void => {
    const activity = { id: (lastId += 1), atMs: clock.wallMs(), ...news }
    kept.push(activity)
    if (kept.length > KEPT) kept.shift()
    emitter.emit(activity)
  }
  const addOnce = (what: string, news: News): void => {
    const before = told.get(what)
    const nowMs = clock.monoMs()
    if (before && nowMs - before.atMs < SAME_EVERY_MS) {
      before.missed += 1
      return
    }
    told.set(what, { atMs: nowMs, missed: 0 })
    add(before?.missed ? { ...news, text: `${news.text} (and ${before.missed} more like it)` } : news)
  }
  return {
    add,
    ofCache(event) {
      const news = newsOfCache(event)
      if (!news) return
      if (news.kind === 'error' || news.kind === 'invalidation')
        addOnce(`${event.type} ${news.text}`.slice(0, 80), news)
      else add(news)
    },
    ofRedis(event) {
      const news = newsOfRedis(event)
      if (news) addOnce(`${event.type} ${news.text}`, news)
    },
    list: () => [...kept].reverse(),
    since: (id) => kept.filter((activity) => activity.id > id),
    on: (listener) => emitter.on(listener),
  }
}

function newsOfCache(event: HoldfastEvent): News | undefined {
  switch (event.type) {
    case 'invalidation':
      return {
        level: event.acknowledged ? 'info' : 'warning',
        kind: 'invalidation',
        text: `Invalidated by ${event.kinds.join(' and ')}${event.reason ? `: ${event.reason}` : ''}${event.acknowledged ? '' : ' (queued: Redis is away)'}`,
      }
    case 'switch':
      return {
        level: event.enabled ? 'info' : 'warning',
        kind: 'switch',
        text: `Caching was switched ${event.enabled ? 'on' : 'off'}${event.by ? ` by ${event.by}` : ''}${event.reason ? `: ${event.reason}` : ''}`,
      }
    case 'sweep':
      return { level: 'info', kind: 'sweep', text: `Swept: ${event.unlinked} of ${event.scanned} entries were freed` }
    case 'log-state':
      return {
        level: event.state === 'ready' ? 'info' : 'warning',
        kind: 'log',
        text: `The invalidation log is ${event.state} (${event.why})`,
      }
    case 'error':
      return { level: 'error', kind: 'error', text: `${event.operation} failed: ${event.error.code}` }
    default:
      return undefined
  }
}

function newsOfRedis(event: RedisEvent): News | undefined {
  switch (event.type) {
    case 'connection-ready':
      return { level: 'info', kind: 'connection', text: `Connection ${event.connection} is ready` }
    case 'connection-lost':
      return {
        level: 'warning',
        kind: 'connection',
        text: `Connection ${event.connection} was lost (${event.failure})`,
      }
    case 'breaker':
      return {
        level: event.to === 'closed' ? 'info' : 'warning',
        kind: 'breaker',
        text: `The breaker went from ${event.from} to ${event.to}`,
      }
    case 'health':
      return {
        level: event.health.state === 'ok' ? 'info' : 'warning',
        kind: 'health',
        text: event.health.problems[0] ?? `Redis is ${event.health.state}`,
      }
    default:
      return undefined
  }
}
