import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { root } from './support/clone.ts'

const page = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8')

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(root, 'src', path), 'utf8'))

const errors = readFileSync(join(root, 'src/base/errors.ts'), 'utf8')

/** The rows of the page's tables, as cells. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )

const codeRows = rows.filter(([code]) => code?.startsWith('`ERR_'))
const failureRows = rows.filter(([failure]) => /^`[a-z-]+`$/.test(failure ?? ''))

const plain = (cell: string | undefined): string => (cell ?? '').replaceAll('`', '')

/** Each code that the sources name, with the class that carries it. */
const classes = new Map(
  sources.flatMap((text) =>
    text
      .split(/^(?=export (?:abstract )?class )/m)
      .slice(1)
      .map(
        (declaration) =>
          [
            /code(?:: [^=]+)? =\s+'(ERR_HOLDFAST_[A-Z_]+)'/.exec(declaration)?.[1] ?? '',
            /class (\w+)/.exec(declaration)?.[1] ?? '',
          ] as const,
      )
      .filter(([code]) => code !== ''),
  ),
)

/** The members of a union of words in the sources of the errors. */
function union(name: string): string[] {
  const declaration = new RegExp(`export type ${name} =((?:\\s+\\| '[^']+')+)`).exec(errors)?.[1] ?? ''
  return [...declaration.matchAll(/'([^']+)'/g)].map(([, member = '']) => member)
}

describe('the page of errors', () => {
  it('has one row for every code that the sources name, and no other', () => {
    const named = new Set(sources.flatMap((text) => text.match(/\bERR_HOLDFAST_[A-Z_]*[A-Z]\b/g) ?? []))
    expect(codeRows.map(([code]) => plain(code)).sort()).toEqual([...named].sort())
    expect([...named]).toEqual(expect.arrayContaining(union('HoldfastErrorCode')))
    expect(union('HoldfastErrorCode').length).toBeGreaterThan(8)
  })

  it('names the class of each code', () => {
    expect(new Map(codeRows.map(([code, name]) => [plain(code), plain(name)]))).toEqual(classes)
  })

  it('has one row for every failure of Redis, and no other', () => {
    expect(failureRows.map(([failure]) => plain(failure))).toEqual(union('FailureKind'))
  })

  it('says which failures open the circuit', () => {
    const breaker = readFileSync(join(root, 'src/redis/breaker.ts'), 'utf8')
    const transient = /TRANSIENT.*= new Set\(\[(.+)\]\)/.exec(breaker)?.[1] ?? ''
    const opens = failureRows.filter((cells) => cells[3] === 'yes').map(([failure]) => plain(failure))
    expect(opens.sort()).toEqual([...transient.matchAll(/'([a-z-]+)'/g)].map(([, kind = '']) => kind).sort())
  })

  it('says of each when it is thrown and what to look at', () => {
    for (const [code, ...cells] of [...codeRows, ...failureRows]) {
      for (const cell of cells) expect(cell, code).not.toBe('')
    }
  })
})
