/** The page of the proof from what its parts found: figures only, no judgement that is not in them. */
import type { Sums } from '../../test/simulation/sums.ts'
import type { StalenessFigures } from '../../test/support/staleness/figures.ts'

type Simulated = Sums & { readonly seconds: number; readonly workers: number }

export interface Found {
  readonly seeds: Simulated & { readonly storms: Readonly<Record<string, Simulated>> }
  readonly controls: readonly {
    readonly name: string
    readonly without: string
    readonly storm: string
    readonly noticedBy?: number
    readonly kinds: readonly string[]
    readonly isAsExpected: boolean
  }[]
  /** Runs on real servers, by topology; and those of what lacks a protection, by what it lacks. */
  readonly real: readonly StalenessFigures[]
  readonly lacking: readonly (readonly [name: string, figures: StalenessFigures])[]
}

export function proofPage({ seeds, controls, real, lacking }: Found): string {
  const simulated: readonly (readonly [string, Simulated])[] = [['mixed', seeds], ...Object.entries(seeds.storms)]
  const missed = controls.filter(({ isAsExpected }) => !isAsExpected).map(({ name }) => `\`${name}\``)
  return `# The proof, in figures

Written by \`npm run prove\`; [how it is done](../concepts/proof.md), [why it should hold](../concepts/staleness.md). A violation
is a broken promise as the oracle sees it: a read older than the bound X, a strict read or a process's own invalidation not
honoured, a wait without end, and the others that its first lines list.

## In the simulated world

${table(
  ['Runs', 'Seeds', 'Seeds/s per core', 'Reads', 'Acknowledged invalidations', 'Violations', 'Worst staleness, of X'],
  simulated.map(([name, sums]) => [
    name === 'mixed' ? 'mixed' : `storm of ${name}`,
    many(sums.seeds),
    many(sums.seeds / sums.seconds / sums.workers),
    many(sums.reads),
    many(sums.acknowledged),
    many(sums.violating.length),
    `${(100 * sums.worst.shareOfBound).toFixed(1)} % (seed ${sums.worst.seed})`,
  ]),
)}

Mixed runs in which each fault was at work:

${table(
  ['Fault', 'Runs'],
  Object.entries(seeds.faults)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([fault, runs]) => [fault === 'none' ? 'none: a calm run' : fault, many(runs)]),
)}

## Without each protection

${controls.length} protections were taken out one by one. ${missed.length === 0 ? 'Each loss was noticed, by a seed that is clean with everything in place.' : `Not noticed: ${missed.join(', ')}.`}

${table(
  ['Control', 'Taken out', 'First noticed', 'As'],
  controls.map(({ name, without, storm, noticedBy, kinds }) => [
    `\`${name}\``,
    without,
    noticedBy === undefined ? '**not**' : `seed ${noticedBy}${storm === 'mixed' ? '' : `, storm of ${storm}`}`,
    kinds.join(', '),
  ]),
)}

## On real servers

Four processes, twelve callers each, a private Redis ${[...new Set(real.map(({ versions }) => versions.redis))].join(' and ')} under them, Node.js ${[...new Set(real.map(({ versions }) => versions.node))].join(' and ')}; X = ${[...new Set(real.map(({ boundMs }) => boundMs))].join(' and ')} ms. Propagation is the time from an
acknowledgement to the first read of another process that knew of it, so it has the time between two reads in it, and the
faults.

${table(
  [
    'Topology',
    'Runs',
    'Reads',
    'Strict',
    'Acknowledged',
    'Rejected calls',
    'Violations',
    'Worst, default',
    'Worst, strict',
    'Propagation p50',
    'p99',
  ],
  real.map((one) => [
    one.topology,
    many(one.runs),
    many(one.reads),
    many(one.strictReads),
    many(one.acknowledged),
    many(one.rejectedCalls),
    many(one.violations),
    `${one.worstMs.bounded} ms`,
    `${one.worstMs.strict} ms`,
    `${one.propagationMs.p50} ms`,
    `${one.propagationMs.p99} ms`,
  ]),
)}

How often each fault happened, and the most that a default read was behind during one:

${table(
  ['Fault', ...real.map(({ topology }) => topology)],
  faultsOf(real).map((fault) => [
    fault,
    ...real.map(({ faults }) => {
      const found = faults[fault]
      return found ? `${found.times} times, ${found.worstMs} ms` : ''
    }),
  ]),
)}

The same check on what lacks something, which shows that it can see:

${table(
  ['Lacks', 'Runs', 'Reads', 'Violations', 'Worst'],
  lacking.map(([name, { runs, reads, violations, worstMs }]) => [
    name,
    many(runs),
    many(reads),
    many(violations),
    `${worstMs.bounded} ms`,
  ]),
)}
`
}

const faultsOf = (real: readonly StalenessFigures[]): readonly string[] =>
  [...new Set(real.flatMap(({ faults }) => Object.keys(faults)))].sort()

const many = (count: number): string => Math.round(count).toLocaleString('en').replaceAll(',', ' ')

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
