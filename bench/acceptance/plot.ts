/** Bars side by side, as an SVG of its own: for each latency the three modes, in two panels. */
import type { LatencyFigures } from './modes.ts'

const MODES = ['absent', 'off', 'on'] as const
// Told apart by lightness too.
const COLOURS = { absent: '#9aa0a6', off: '#c9853d', on: '#2f6f4f' } as const
const [PANEL, HEIGHT, BAR, TOP, BASE] = [340, 280, 34, 70, 230] as const

type Mode = (typeof MODES)[number]
type See = (figures: LatencyFigures[Mode]) => number

export function plotOf(figures: readonly LatencyFigures[]): string {
  const panels = [
    panel('Database commands for 1000 calls', figures, (one) => one.commandsPerThousand),
    panel('Mean response, ms', figures, (one) => one.response.mean),
  ]
  const key = MODES.map(
    (mode, at) =>
      `<rect x="${20 + at * 150}" y="${HEIGHT - 18}" width="12" height="12" fill="${COLOURS[mode]}"/>` +
      text(38 + at * 150, HEIGHT - 8, mode === 'absent' ? 'without Holdfast' : `cache ${mode}`, 'start'),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * PANEL} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img">`,
    '<title>Database commands and response times with the cache on, off and absent</title>',
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...panels.map((bars, at) => `<g transform="translate(${at * PANEL} 0)">${bars}</g>`),
    ...key,
    '</svg>\n',
  ].join('\n')
}

function panel(title: string, figures: readonly LatencyFigures[], see: See): string {
  const most = Math.max(...figures.flatMap((one) => MODES.map((mode) => see(one[mode]))))
  const groups = figures.map((one, group) => {
    const left = 30 + group * 160
    const bars = MODES.map((mode, at) => {
      const value = see(one[mode])
      const high = Math.max(1, Math.round((value / most) * (BASE - TOP)))
      const x = left + at * (BAR + 8)
      const bar = `<rect x="${x}" y="${BASE - high}" width="${BAR}" height="${high}" fill="${COLOURS[mode]}"/>`
      return bar + text(x + BAR / 2, BASE - high - 5, String(value), 'middle')
    })
    return bars.join('') + text(left + 60, BASE + 16, `database ${one.latencyMs} ms`, 'middle')
  })
  return text(20, 28, title, 'start') + groups.join('')
}

function text(x: number, y: number, words: string, anchor: 'start' | 'middle'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#202124">${words}</text>`
}
