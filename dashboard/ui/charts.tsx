/** The charts of the overview. The last five minutes grow by the stream; longer ranges are asked again now and then. */
import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'

import type { History, Point } from '../../src/admin/contract/overview.ts'
import { bytes, ms, percent, rate, span } from '../format.ts'
import { lastPoint } from '../state/live.ts'
import { useLoaded } from '../state/loaded.ts'
import { Chart, type Series } from './chart.tsx'
import { FailureNotice } from './notice.tsx'

const RANGES = ['5m', '1h', '24h'] as const
const EVERY_MS: Readonly<Record<History['range'], number>> = { '5m': 60_000, '1h': 10_000, '24h': 60_000 }
const WINDOW_MS = 300_000

const RATIO: readonly Series[] = [{ label: 'hit ratio', of: (point) => point.hitRatio, color: 'series-1' }]
const LATENCY: readonly Series[] = [
  { label: 'p50', of: (point) => point.p50, color: 'series-1' },
  { label: 'p95', of: (point) => point.p95, color: 'series-2' },
  { label: 'p99', of: (point) => point.p99, color: 'series-3' },
]
const RATES: readonly Series[] = [
  { label: 'reads', of: (point) => point.readsPerSecond, color: 'series-1' },
  { label: 'loads', of: (point) => point.loadsPerSecond, color: 'series-2' },
  { label: 'errors', of: (point) => point.errorsPerSecond, color: 'series-3' },
]
const MEMORY: readonly Series[] = [
  { label: 'process', of: (point) => point.l1Bytes, color: 'series-1' },
  { label: 'Redis', of: (point) => point.redisBytes, color: 'series-2' },
]
const STALENESS: readonly Series[] = [{ label: 'log heard', of: (point) => point.heardMsAgo, color: 'series-1' }]

export function Charts(): JSX.Element {
  const range = useSignal<History['range']>('5m')
  const since = useSignal<readonly Point[]>([])
  const { loaded } = useLoaded<History>(`api/history?range=${range.value}`, EVERY_MS[range.value])
  useSignalEffect(() => {
    const point = lastPoint.value
    if (point) since.value = [...since.peek().slice(-WINDOW_MS / 1000), point]
  })
  const told = loaded.value.state === 'ready' ? loaded.value.value.points : []
  const points = range.value === '5m' ? joined(told, since.value) : told
  return (
    <>
      <div class="row" role="group" aria-label="Range of the charts">
        {RANGES.map((name) => (
          <button key={name} type="button" aria-pressed={range.value === name} onClick={() => (range.value = name)}>
            {name}
          </button>
        ))}
      </div>
      {loaded.value.state === 'failed' && <FailureNotice failure={loaded.value.failure} />}
      <div class="charts">
        <Chart title="Hit ratio" points={points} series={RATIO} format={percent} most={1} />
        <Chart title="Read latency" points={points} series={LATENCY} format={ms} />
        <Chart title="Per second" points={points} series={RATES} format={rate} />
        <Chart title="Memory" points={points} series={MEMORY} format={bytes} />
        <Chart title="Staleness" points={points} series={STALENESS} format={span} />
      </div>
    </>
  )
}

function joined(told: readonly Point[], since: readonly Point[]): readonly Point[] {
  const lastTold = told.at(-1)?.atMs ?? 0
  const all = [...told, ...since.filter(({ atMs }) => atMs > lastTold)]
  const from = (all.at(-1)?.atMs ?? 0) - WINDOW_MS
  return all.filter(({ atMs }) => atMs >= from)
}
