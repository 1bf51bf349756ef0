import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { catalogue } from '../../src/metrics/catalogue.ts'
import { otelName } from '../../src/metrics/otel.ts'

const page = join(import.meta.dirname, '..', '..', 'docs', 'operations', 'monitoring.md')

describe('the reference of metrics', () => {
  it('has each instrument with its type, labels and words, and no other', async () => {
    const text = await readFile(page, 'utf8')
    const rows = text.split('\n').filter((line) => line.startsWith('| `cache_'))
    const cells = rows.map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    expect(cells).toEqual(
      catalogue.map((one) => [
        `\`cache_${one.name}\``,
        one.type,
        one.labels.map((label) => `\`${label}\``).join(', '),
        one.help,
        `\`${otelName(one)}\``,
      ]),
    )
  })

  it('is bounded in its labels: words of this library and families, nothing that a stranger could choose', () => {
    const labels = new Set(catalogue.flatMap((one) => one.labels))
    for (const forbidden of ['key', 'tag', 'user', 'address', 'id', 'pattern']) expect(labels).not.toContain(forbidden)
  })
})
