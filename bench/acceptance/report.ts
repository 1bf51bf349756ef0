/** The rows as a table to read in a terminal, and as a page of the documents with its plot. */
import type { MachineFacts } from '../support/machine.ts'
import type { Plan } from './plan.ts'
import type { Row } from './rows.ts'

const HEADS = ['', 'absent', 'off', 'on', 'criterion', ''] as const

export function tableOf(rows: readonly Row[]): string {
  const lines = [HEADS, ...rows.map(cellsOf)]
  const widths = HEADS.map((_head, at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0)))
  return lines
    .map((cells) =>
      cells
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export interface Facts {
  readonly machine: MachineFacts
  readonly plan: Plan
  readonly documents: string
  readonly documentCount: number
}

export function pageOf(rows: readonly Row[], { machine, plan, documents, documentCount }: Facts): string {
  const missed = rows.filter(({ holds }) => holds === false).length
  return `# Acceptance

Written by \`npm run acceptance\`${plan.isQuick ? ' with `--quick`: its figures say little' : ''}. ${missed === 0 ? 'Every criterion holds' : `${missed} criteria are missed`}.

Two instances of the reference service on one Redis and one database are asked the same seeded mix with the cache on, switched
off (\`enabled: false\`) and absent (the code without Holdfast). First as fast as it is answered, to find the most that can
be; then for ${plan.seconds} s at a rate that all have in common; then, with the cache on, at a rate of its own, of which the hit rates
are. With the cache on, ${plan.calls} calls come before all that. 98 % of the calls are reads, by Zipf's law over ${documentCount} documents
(${documents}), versions, feature requests, searches, counts, preferences and the schemas' report; 2 % are writes.

- The database is the emulator of the Data API in a process of its own, with an injected latency: **it is not AstraDB**.
- Response times are taken open-loop, from when a call was due, over HTTP: at 30 % of what the service without Holdfast can
  answer for all three, and those of cached reads at 30 % of what the service with the cache can. Each row states its rate.
- A hit is an answer for which the cache had everything (\`X-Cache: hit\`). What is possible is the rate of a cache that
  keeps everything and forgets exactly what was changed, over the same calls.
- Switched off and absent are compared by the geometric mean of response times, in which each call weighs alike, over pairs
  of rounds that ask both the same reads, eight in turn; the ratio of the arithmetic means stands beside it.
- The client stands for a load balancer in the runs with faults: a read whose connection broke goes to the other instance.
- Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}; load
  before ${machine.loadBefore}. Clients, instances, Redis and database share it.

![Database commands and response times with the cache on, off and absent](acceptance.svg)

| | absent | off | on | criterion | |
| --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${cellsOf(row).join(' | ')} |`).join('\n')}

The figures behind it: [bench/results/acceptance.json](../../bench/results/acceptance.json). That no read is stale is another
command's affair: \`npx vitest run test/integration/app/consistency.test.ts\` compares ten thousand reads with the database.
`
}

function cellsOf({ what, absent, off, on, criterion, holds }: Row): readonly string[] {
  return [what, absent, off, on, criterion, holds === undefined ? '' : holds ? 'holds' : 'MISSED']
}
