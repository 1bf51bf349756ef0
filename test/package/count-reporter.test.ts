import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { describe, expect, it, onTestFinished } from 'vitest'

import { root } from './support/clone.ts'

const reporter = join(root, 'test/support/count-reporter.ts')
const vitest = join(root, 'node_modules/vitest/vitest.mjs')

/** What a run of these test files prints last. The files use globals, so that they resolve no package. */
async function lastLineOf(files: Readonly<Record<string, string>>, options: readonly string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'count-reporter-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await Promise.all(Object.entries(files).map(([name, source]) => writeFile(join(folder, name), source)))

  const reporters = ['--reporter', 'default', '--reporter', reporter]
  const child = spawn(process.execPath, [vitest, 'run', '--root', folder, '--globals', ...reporters, ...options], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const lines = output.split('\n')
  expect(lines.at(-1), `the output ends with a line break\n${output}\n${errors}`).toBe('')
  return { line: lines.at(-2), exitCode: exitCode as number }
}

const passes = `it('passes', () => {})`
const fails = `it('fails', () => { throw new Error('no') })`

describe('the last line of a run', () => {
  it('counts what passed and failed, over all files', async () => {
    const files = { 'one.test.js': `${passes}; ${fails}`, 'two.test.js': `describe('deep', () => { ${passes} })` }
    expect(await lastLineOf(files)).toEqual({ line: '2 passed, 1 failed', exitCode: 1 })
  })

  it('names skipped tests only when there are some', async () => {
    const skips = `it.skip('later', () => {}); it.todo('some day')`
    expect(await lastLineOf({ 'one.test.js': passes })).toEqual({ line: '1 passed, 0 failed', exitCode: 0 })
    expect(await lastLineOf({ 'one.test.js': `${passes}; ${skips}` })).toEqual({
      line: '1 passed, 0 failed, 2 skipped',
      exitCode: 0,
    })
  })
})

describe('what keeps tests from running counts as a failure', () => {
  it.each([
    ['a file that does not load', `import './missing.js'; ${passes}`, '1 passed, 2 failed'],
    ['a file that throws', `throw new Error('no')`, '1 passed, 2 failed'],
    ['a file without tests', ``, '1 passed, 2 failed'],
    [
      'an error that no test caught',
      `${passes}; setTimeout(() => { throw new Error('no') }); it('waits', () => new Promise((done) => setTimeout(done, 50)))`,
      '3 passed, 2 failed',
    ],
    [
      'a hook that throws before its tests',
      `describe('deep', () => { beforeAll(() => { throw new Error('no') }); ${passes} })`,
      '1 passed, 2 failed, 1 skipped',
    ],
    [
      'a hook that throws after its tests',
      `${passes}; afterAll(() => { throw new Error('no') })`,
      '2 passed, 2 failed',
    ],
  ])('%s', async (_what, broken, line) => {
    expect(await lastLineOf({ 'broken.test.js': broken, 'other.test.js': `${passes}; ${fails}` })).toEqual({
      line,
      exitCode: 1,
    })
  })

  it('a run that has only these to show', async () => {
    const files = { 'broken.test.js': `throw new Error('no')`, 'fine.test.js': passes }
    expect(await lastLineOf(files)).toEqual({ line: '1 passed, 1 failed', exitCode: 1 })
  })

  it('a run that finds no test at all', async () => {
    expect(await lastLineOf({})).toEqual({ line: '0 passed, 1 failed', exitCode: 1 })
  })

  it('a global setup that throws', async () => {
    const files = {
      'vitest.config.js': `export default { test: { globalSetup: './setup.js' } }`,
      'setup.js': `export function setup() { throw new Error('no') }`,
      'fine.test.js': passes,
    }
    expect(await lastLineOf(files)).toEqual({ line: '0 passed, 1 failed', exitCode: 1 })
  })

  it('a run that stops at its first failure', async () => {
    const files = { 'one.test.js': `${fails}; ${passes}; ${passes}` }
    const { line } = await lastLineOf(files, ['--bail', '1'])
    expect(line).toMatch(/^0 passed, [1-3] failed/)
  })
})
