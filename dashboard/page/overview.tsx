/** What is wrong, in words; then whether the cache earns its keep; then how it went lately. */
import type { JSX } from 'preact'

import type { Overview } from '../../src/admin/contract/overview.ts'
import { bytes, count, ms, percent, rate, span } from '../format.ts'
import { overview } from '../state/live.ts'
import { hrefOf } from '../state/route.ts'
import { Charts } from '../ui/charts.tsx'
import { Feed } from '../ui/feed.tsx'
import { Panel, Tile } from '../ui/facts.tsx'
import { Notice } from '../ui/notice.tsx'
import { FamilyTable } from './families.tsx'

export function OverviewPage(): JSX.Element {
  const seen = overview.value
  if (!seen)
    return (
      <p class="muted loading" role="status">
        Waiting for the first figures…
      </p>
    )
  return (
    <>
      <Problems seen={seen} />
      <Tiles seen={seen} />
      <Charts />
      <div class="columns">
        <Panel title="Busiest families" side={<a href={hrefOf('families')}>All families</a>}>
          <FamilyTable rows={seen.topFamilies} isShort />
        </Panel>
        <Panel title="What happened">
          <Feed />
        </Panel>
      </div>
    </>
  )
}

function Problems({ seen }: { readonly seen: Overview }): JSX.Element {
  if (seen.problems.length === 0) return <Notice level="ok" title="Nothing is wrong" text={standing(seen)} />
  const isBad = seen.redis.state === 'down' || !seen.cache.enabled
  return (
    <Notice level={isBad ? 'critical' : 'warning'} title={seen.problems[0] ?? ''}>
      {seen.problems.length > 1 && (
        <ul>
          {seen.problems.slice(1).map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      {seen.redis.state === 'down' && (
        <p>The figures below are of this process’s memory. Redis’s own are the last it told.</p>
      )}
      <p>
        <a href={hrefOf('doctor')}>Ask the doctor</a> · <a href={hrefOf('connections')}>Connections</a>
      </p>
    </Notice>
  )
}

function standing({ cache }: Overview): string {
  const bound = cache.boundMs === null ? '' : ` A read is at most ${span(cache.boundMs)} stale.`
  return `The cache has run for ${span(Date.now() - cache.startedAtMs)}.${bound}`
}

function Tiles({ seen }: { readonly seen: Overview }): JSX.Element {
  const { recent, totals, cache, memory, redis, alerts, sessions } = seen
  const hasRatio = recent !== null && recent.hitRatio !== null
  const hasTimes = recent !== null && recent.get.p50 !== null
  const active = sessions?.active ?? null
  const heardLate = cache.boundMs !== null && (cache.heardMsAgo ?? Infinity) > cache.boundMs
  const isFull =
    redis.usedMemoryBytes !== null && !!redis.maxMemoryBytes && redis.usedMemoryBytes / redis.maxMemoryBytes > 0.9
  return (
    <div class="tiles">
      <Tile
        title="Hit ratio"
        value={percent(recent?.hitRatio ?? totals.hitRatio)}
        note={
          hasRatio
            ? `last ${span(recent.windowMs)}; ${percent(totals.hitRatio)} since it began`
            : totals.hitRatio === null
              ? 'no read yet'
              : 'since it began'
        }
      />
      <Tile
        title="Loads avoided"
        value={count(totals.loadsAvoided)}
        note={`${count(totals.loads)} loads since it began${totals.loadErrors > 0 ? `, ${count(totals.loadErrors)} failed` : ''}`}
      />
      <Tile
        title="Read p50 · p95 · p99"
        value={hasTimes ? `${ms(recent.get.p50)} · ${ms(recent.get.p95)} · ${ms(recent.get.p99)}` : 'No data yet'}
        note="last 5 min, loads included"
      />
      <Tile
        title="Reads"
        value={
          recent
            ? `${rate(recent.readsPerSecond)} /s`
            : count(totals.hits + totals.stale + totals.misses + totals.bypassed)
        }
        note={
          recent
            ? `${rate(recent.loadsPerSecond)} loads /s, ${rate(recent.errorsPerSecond)} errors /s`
            : 'since it began'
        }
        level={recent && recent.errorsPerSecond > 0 ? 'warning' : undefined}
      />
      <Tile
        title="Staleness"
        value={cache.heardMsAgo === null ? 'Not heard' : span(cache.heardMsAgo)}
        note={
          cache.boundMs === null
            ? 'no bound'
            : `since the log was heard; bound ${span(cache.boundMs)}${cache.bound === 'fenced' ? '' : `, ${cache.bound}`}`
        }
        level={heardLate ? 'critical' : undefined}
      />
      <Tile
        title="Process memory"
        value={bytes(memory.bytes)}
        note={`${count(memory.entries)} entries${memory.maxBytes === null ? '' : `, limit ${bytes(memory.maxBytes)}`}`}
      />
      <Tile
        title="Redis"
        value={
          redis.state === 'none'
            ? 'None'
            : redis.state === 'down'
              ? 'Down'
              : redis.usedMemoryBytes === null
                ? redis.state
                : bytes(redis.usedMemoryBytes)
        }
        note={redisNote(redis)}
        level={redis.state === 'down' ? 'critical' : isFull || redis.state === 'degraded' ? 'warning' : undefined}
      />
      <Tile
        title="Alerts"
        value={alerts ? (alerts.firing === 0 ? 'None firing' : `${alerts.firing} firing`) : 'Not judged'}
        note={
          alerts
            ? `${alerts.pending} pending${active === null ? '' : ` · ${count(active)} sessions`}`
            : active === null
              ? 'this deployment judges no alerts'
              : `${count(active)} sessions`
        }
        level={alerts && alerts.firing > 0 ? 'critical' : undefined}
      />
    </div>
  )
}

function redisNote({ state, readMs, breaker, maxMemoryBytes, evictedKeys }: Overview['redis']): string {
  if (state === 'none') return 'a cache in this process only'
  if (state === 'down') return `breaker ${breaker}`
  const limit = maxMemoryBytes ? `of ${bytes(maxMemoryBytes)}` : maxMemoryBytes === 0 ? 'no limit' : ''
  return (
    [limit, readMs === null ? '' : `reads in ${ms(readMs)}`, evictedKeys ? `${count(evictedKeys)} evicted` : '']
      .filter(Boolean)
      .join(' · ') || `breaker ${breaker}`
  )
}
