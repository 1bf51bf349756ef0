import { join } from 'node:path'

import { beforeEach, describe, expect, it } from 'vitest'

import type { Problem } from '../../../src/config/problems.ts'
import { createVariables } from '../../../src/config/variables.ts'
import { folderWith } from './written-config.ts'

const cwd = folderWith({ unix: 'hunter2\n', windows: 'hunter2\r\n', lines: ' hunter2\n\n' })

let problems: Problem[] = []
beforeEach(() => {
  problems = []
})
const variables = (env: Record<string, string>) => createVariables(env, cwd, (problem) => problems.push(problem))

describe('a variable', () => {
  it('is read as it is, also when it is empty', () => {
    const read = variables({ A: ' x ', B: '' })
    expect(read.read('A')).toEqual({ text: ' x ', source: 'env A', isFromFile: false })
    expect(read.read('B')).toMatchObject({ text: '' })
    expect(read.read('C')).toBeUndefined()
    expect(read.read('toString')).toBeUndefined()
  })

  it.each([
    ['unix', 'hunter2'],
    ['windows', 'hunter2'],
    ['lines', ' hunter2\n'],
  ])('is read from the file that NAME_FILE names, less one trailing line break (%s)', (file, text) => {
    expect(variables({ A_FILE: file }).read('A')).toEqual({ text, source: 'env A_FILE', isFromFile: true })
    expect(variables({ A_FILE: join(cwd, file) }).read('A')).toMatchObject({ text })
    expect(problems).toEqual([])
  })

  it('that is set twice is a problem, told once', () => {
    const read = variables({ A: 'hunter2', A_FILE: 'unix' })
    expect([read.read('A')?.text, read.read('A')?.text]).toEqual([undefined, undefined])
    expect(problems).toEqual([
      { path: 'A', what: 'is set, and so is A_FILE', source: 'env', advice: 'unset one of them' },
    ])
  })

  it('whose file cannot be read is a problem that repeats neither file nor content', () => {
    expect(variables({ A_FILE: 'hunter2' }).read('A')).toMatchObject({ text: undefined, source: 'env A_FILE' })
    expect(problems).toMatchObject([{ path: 'A_FILE', source: 'env A_FILE' }])
    expect(problems[0]?.what).toContain('ENOENT')
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })
})
