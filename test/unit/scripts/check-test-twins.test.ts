import { describe, expect, it } from 'vitest'

import { checkTwins, type Allowance } from '../../../scripts/twins/check.ts'

const code = Array.from({ length: 30 }, (_, line) => `export const value${line} = ${line}`).join('\n')
const types = Array.from({ length: 30 }, (_, line) => `export interface Shape${line} {}`).join('\n')

const tested = { 'src/base/clock.ts': code }
const tests = ['test/unit/base/clock.test.ts', 'test/integration/tail.test.ts']

const problemsOf = (
  sources: Readonly<Record<string, string>>,
  allowances: readonly Allowance[] = [],
  testPaths: readonly string[] = tests,
): readonly string[] =>
  checkTwins(new Map(Object.entries({ ...tested, ...sources })), new Set(testPaths), allowances).problems

describe('the twin check', () => {
  it('is content when every file has its twin', () => {
    expect(checkTwins(new Map(Object.entries(tested)), new Set(tests), [])).toEqual({ files: 1, problems: [] })
  })

  it('names the file without a twin and the test to write', () => {
    expect(problemsOf({ 'src/log/tail.ts': code })).toEqual([
      'src/log/tail.ts has no test: write test/unit/log/tail.test.ts, or name its test in scripts/check-test-twins.ts',
    ])
  })

  it('asks for the same path, not for the same name', () => {
    expect(problemsOf({ 'src/log/clock.ts': code })).toHaveLength(1)
  })

  it('lets off a file of 29 lines, however many empty lines follow, and not one of 30', () => {
    const short = code.split('\n').slice(1).join('\n')
    expect(problemsOf({ 'src/log/tail.ts': `${short}\n\n\n` })).toEqual([])
    expect(problemsOf({ 'src/log/tail.ts': `${code}\n` })).toHaveLength(1)
  })

  it('lets off a file that only holds types and passes on names, and not one with a single value', () => {
    const passedOn = `import { a } from './a.ts'\nexport { b } from './b.ts'\nexport * from './c.ts'\nexport { a }\n`
    expect(problemsOf({ 'src/log/log.ts': passedOn + types })).toEqual([])
    expect(problemsOf({ 'src/log/log.ts': `${passedOn}${types}\nexport const a = 1` })).toHaveLength(1)
    expect(problemsOf({ 'src/log/log.ts': `${passedOn}${types}\na()` })).toHaveLength(1)
  })

  it('accepts a file whose test the table names', () => {
    const allowance = { file: 'src/log/tail.ts', coveredBy: 'test/integration/tail.test.ts', reason: 'blocks on Redis' }
    expect(problemsOf({ 'src/log/tail.ts': code }, [allowance])).toEqual([])
  })

  it('refuses an entry of the table that no longer holds', () => {
    const allowance = { file: 'src/log/tail.ts', coveredBy: 'test/integration/gone.test.ts', reason: '' }
    expect(problemsOf({}, [allowance])).toEqual([
      'the entry for src/log/tail.ts in scripts/check-test-twins.ts names no file: remove it',
      'the entry for src/log/tail.ts in scripts/check-test-twins.ts says it is covered by test/integration/gone.test.ts, which does not exist',
      'the entry for src/log/tail.ts in scripts/check-test-twins.ts gives no reason',
    ])
    const covered = { file: 'src/base/clock.ts', coveredBy: 'test/integration/tail.test.ts', reason: 'real time' }
    expect(problemsOf({}, [covered])).toEqual([
      'the entry for src/base/clock.ts in scripts/check-test-twins.ts is not needed: test/unit/base/clock.test.ts exists',
    ])
  })

  it('refuses a tree in which nothing needs a test', () => {
    expect(checkTwins(new Map(), new Set(), []).problems).toEqual([
      'read 0 files and none that needs a test: the check itself is broken',
    ])
  })
})
