/**
 * A chart of time. The canvas is a picture with words for it; the same points are a table for whoever cannot see it, or
 * wants the number. uPlot sets styles from script alone, which the page's policy allows.
 */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'

import type { Point } from '../../src/admin/contract/overview.ts'
import { clockTime } from '../format.ts'
import { theme } from '../state/theme.ts'

export interface Series {
  readonly label: string
  readonly of: (point: Point) => number | null
  /** A variable of the stylesheet. */
  readonly color: string
}

interface ChartProps {
  readonly title: string
  readonly points: readonly Point[]
  readonly series: readonly Series[]
  readonly format: (value: number | null) => string
  readonly most?: number
}

const HEIGHT = 150
const TABLE_ROWS = 30

export function Chart({ title, points, series, format, most }: ChartProps): JSX.Element {
  const holder = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | undefined>(undefined)
  const isTable = useSignal(false)
  const last = points.at(-1)
  const chosen = theme.value
  const data: UPlot.AlignedData = [points.map(({ atMs }) => atMs / 1000), ...series.map(({ of }) => points.map(of))]
  useEffect(() => {
    const element = holder.current
    if (!element || points.length === 0) return
    const made = new UPlot(optionsOf(element, series, format, most), data, element)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [chosen, points.length === 0, isTable.value])
  useEffect(() => plot.current?.setData(data), [points])
  const summary = last
    ? `${title}: ${series.map(({ label, of }) => `${label} ${format(of(last))}`).join(', ')} at ${clockTime(last.atMs)}`
    : `${title}: no data yet`
  return (
    <figure class="panel chart">
      <header>
        <figcaption>
          <h2>{title}</h2>
        </figcaption>
        <ul class="legend">
          {series.map(({ label, of, color }) => (
            <li key={label} class={color}>
              {label} <b>{last ? format(of(last)) : '–'}</b>
            </li>
          ))}
        </ul>
        <button
          type="button"
          class="quiet"
          aria-pressed={isTable.value}
          aria-label={`${title} as a table`}
          onClick={() => (isTable.value = !isTable.value)}
        >
          {isTable.value ? 'Chart' : 'Table'}
        </button>
      </header>
      {points.length === 0 ? (
        <p class="empty">No data yet</p>
      ) : isTable.value ? (
        <PointTable title={title} points={points} series={series} format={format} />
      ) : (
        <div class="canvas" ref={holder} role="img" aria-label={summary} />
      )}
    </figure>
  )
}

function PointTable({ title, points, series, format }: Omit<ChartProps, 'most'>): JSX.Element {
  return (
    <div class="scroll short" tabIndex={0} role="region" aria-label={`${title}, latest first`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ label }) => (
              <th key={label} scope="col" class="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points
            .slice(-TABLE_ROWS)
            .reverse()
            .map((point) => (
              <tr key={point.atMs}>
                <td>{clockTime(point.atMs)}</td>
                {series.map(({ label, of }) => (
                  <td key={label} class="number">
                    {format(of(point))}
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  )
}

function optionsOf(
  element: HTMLElement,
  series: readonly Series[],
  format: (value: number | null) => string,
  most: number | undefined,
): UPlot.Options {
  const styles = getComputedStyle(element)
  const grid = { stroke: styles.getPropertyValue('border-top-color'), width: 1 }
  const axis = { stroke: styles.getPropertyValue('color'), grid, ticks: { show: false }, font: '11px system-ui' }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { y: { range: (_, __, high) => [0, most ?? Math.max(high ?? 0, Number.MIN_VALUE) * 1.1] } },
    axes: [
      { ...axis, size: 26, space: 70, values: (_, times) => times.map((seconds) => clockTime(seconds * 1000)) },
      { ...axis, size: 58, space: 34, values: (_, values) => values.map(format) },
    ],
    series: [
      {},
      ...series.map(({ label, color }) => ({
        label,
        stroke: colorOf(element, color),
        width: 1.5,
        points: { show: false },
        spanGaps: false,
      })),
    ],
  }
}

/** A canvas knows no variables: the colour is asked of an element that has it. */
function colorOf(element: HTMLElement, name: string): string {
  const probe = document.createElement('i')
  probe.className = name
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
