import type { Estimate } from '../support/statistics.ts'
import type { Cell } from './cells.ts'
import { TITLES, WAYS } from './contenders.ts'
import type { Criterion } from './criteria.ts'

interface Column {
  readonly title: string
  readonly text: (cell: Cell) => string
}

const thousands = (perSecond: number): string => (perSecond / 1000).toFixed(1)
const times = ({ median }: Estimate): string => `${median.toFixed(2)}×`

const COLUMNS: readonly Column[] = [
  ...WAYS.map((way): Column => ({ title: TITLES[way], text: ({ perSecond }) => thousands(perSecond[way]) })),
  { title: 'redis-benchmark', text: ({ perSecond }) => thousands(perSecond.redisBenchmark) },
  { title: '10/1', text: ({ poolRatio }) => times(poolRatio) },
  { title: 'again/1', text: ({ controlRatio }) => times(controlRatio) },
  { title: '1/ioredis', text: ({ batcherRatio }) => times(batcherRatio) },
  { title: 'opened', text: ({ poolConnections }) => String(poolConnections) },
]
const LABEL_WIDTH = 36

/** The head of the table. */
export function columns(): string {
  return `${'thousand reads per second'.padEnd(LABEL_WIDTH)}${COLUMNS.map(({ title }) => `  ${title}`).join('')}`
}

export function cellRow(cell: Cell): string {
  const label = `${cell.topology}, ${cell.sizeBytes} B, ${cell.inFlight} in flight`
  const figures = COLUMNS.map(({ title, text }) => `  ${text(cell).padStart(title.length)}`)
  return `${label.padEnd(LABEL_WIDTH)}${figures.join('')}`
}

export function criterionRow({ claim, found, held }: Criterion): string {
  return `${held ? 'held  ' : 'MISSED'}  ${claim.padEnd(84)}  ${found}`
}
