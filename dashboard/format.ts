/** Figures for the eye. What was never measured is a dash, and never a zero. */

export const NONE = '–'

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const whole = new Intl.NumberFormat('en')

export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  return Math.abs(value) < 100_000 ? whole.format(Math.round(value)) : compact.format(value)
}

export function rate(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  return value === 0 ? '0' : value < 10 ? value.toFixed(1) : count(value)
}

/** 99.95 % must not read 100 %. */
export function percent(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined) return NONE
  const shown = Math.floor(ratio * 1000) / 10
  return `${shown === 100 || shown === 0 ? shown : shown.toFixed(1)} %`
}

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let [size, unit] = [value, 0]
  while (size >= 1000 && unit < units.length - 1) [size, unit] = [size / 1000, unit + 1]
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit] ?? ''}`
}

export function ms(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  if (value === 0) return '0 ms'
  if (value < 1) return `${Math.max(1, Math.round(value * 1000))} µs`
  if (value < 10) return `${value.toFixed(1)} ms`
  return value < 1000 ? `${Math.round(value)} ms` : span(value)
}

/** A span of time, of two units at most. */
export function span(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  if (value < 0) return '0 s'
  const seconds = value / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 1440) return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  return joined(Math.floor(minutes / 1440), 'd', Math.floor((minutes % 1440) / 60), 'h')
}

/** A length that somebody has set, to the millisecond: 90 s must not read 2 min. */
export function exactly(value: number): string {
  let left = value
  const parts = UNITS.flatMap(([name, unitMs]) => {
    const times = Math.floor(left / unitMs)
    left -= times * unitMs
    return times === 0 ? [] : [`${times} ${name}`]
  })
  return parts.length === 0 ? '0 s' : parts.join(' ')
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
]

function joined(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`
}

export function clockTime(atMs: number): string {
  return new Date(atMs).toLocaleTimeString('en-GB')
}

/** Day and time; the day is left out today. */
export function when(atMs: number | null | undefined): string {
  if (atMs === null || atMs === undefined) return NONE
  const date = new Date(atMs)
  const isToday = date.toDateString() === new Date().toDateString()
  return isToday ? clockTime(atMs) : `${date.toLocaleDateString('sv-SE')} ${clockTime(atMs)}`
}

export function ago(atMs: number | null | undefined): string {
  if (atMs === null || atMs === undefined) return NONE
  return `${span(Math.max(0, Date.now() - atMs))} ago`
}
