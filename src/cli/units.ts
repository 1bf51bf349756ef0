/** Figures for a person's eyes. What nobody measured is a dash, never a zero. */
const NONE = '–'

export function ratio(share: number | null): string {
  return share === null ? NONE : `${(100 * share).toFixed(1)} %`
}

export function count(number: number | null): string {
  return number === null ? NONE : number.toLocaleString('en-US', { maximumFractionDigits: 0 })
}

export function perSecond(number: number): string {
  return `${number.toLocaleString('en-US', { maximumFractionDigits: number < 10 ? 1 : 0 })}/s`
}

export function milliseconds(ms: number | null): string {
  if (ms === null) return NONE
  if (ms < 1) return `${(1000 * ms).toFixed(0)} µs`
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : span(ms)
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

export function bytes(number: number | null): string {
  if (number === null) return NONE
  const power = Math.min(UNITS.length - 1, number < 1 ? 0 : Math.floor(Math.log2(number) / 10))
  return `${(number / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`
}

const SPANS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** A length of time in its two largest units: `2h 5m`. */
export function span(ms: number): string {
  const parts: string[] = []
  let left = Math.max(0, Math.round(ms / 1000) * 1000)
  for (const [unit, size] of SPANS) {
    const whole = Math.floor(left / size)
    left -= whole * size
    if (whole > 0) parts.push(`${whole}${unit}`)
  }
  return parts.slice(0, 2).join(' ') || '0s'
}

/** How far a moment lies from now: `in 5m`, `12s ago`. */
export function fromNow(atMs: number | null, nowMs: number): string {
  if (atMs === null) return NONE
  return atMs >= nowMs ? `in ${span(atMs - nowMs)}` : `${span(nowMs - atMs)} ago`
}

export function timestamp(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').slice(0, 19)
}
