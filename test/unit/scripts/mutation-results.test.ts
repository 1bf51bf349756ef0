import { describe, expect, it } from 'vitest'

import { countOf, isOf, nothingIn, scoreOf, withTable } from '../../../scripts/mutation/results.ts'

const mutants = (...statuses: readonly string[]) => statuses.map((status) => ({ status }))
const report = {
  files: {
    'a.ts': { source: 'a', mutants: mutants('Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'CompileError') },
    'b.ts': { source: 'b', mutants: mutants('Killed', 'Killed') },
  },
}

describe('the results of mutation testing', () => {
  it('count what was killed or never ended as noticed, and leave out what was not tried', () => {
    const found = countOf(report)
    expect(found['a.ts']).toMatchObject({ noticed: 2, survived: 1, uncovered: 1 })
    expect(scoreOf(found)).toEqual({ noticed: 4, of: 6, percent: (100 * 4) / 6 })
    expect(scoreOf({}).percent).toBe(0)
  })

  it('know the source they are of', () => {
    const file = nothingIn('a')
    expect([isOf(file, 'a'), isOf(file, 'b')]).toEqual([true, false])
  })

  it('are written as a table between its marks, files without a mutation left out', () => {
    const page = 'before\n<!-- table: npm run mutate -->\nold\n<!-- end of the table -->\nafter\n'
    const found = { ...countOf(report), 'types.ts': nothingIn('') }
    const written = withTable(page, found)
    expect(written).toContain('| `a.ts` | 2 | 4 | 50.0 % |\n| `b.ts` | 2 | 2 | 100.0 % |\n| **all** |')
    expect(written).toMatch(/^before\n/)
    expect(written).toMatch(/<!-- end of the table -->\nafter\n$/)
    expect(written).not.toMatch(/old|types\.ts/)
    expect(withTable(written, found)).toBe(written)
  })
})
