import { describe, expect, it } from 'vitest'

import { checkImports } from '../../../scripts/imports/check.ts'

const clean = {
  'src/base/clock.ts': `import { hrtime } from 'node:process'\nexport const now = hrtime\n`,
  'src/redis/redis.ts': `import { now } from '../base/clock.ts'\nimport { Redis } from 'ioredis'\nexport { now, Redis }\n`,
  'src/cache/cache.ts': `import type { Redis } from '../redis/redis.ts'\nexport type Cache = Redis\n`,
  'src/index.ts': `export type { Cache } from './cache/cache.ts'\n`,
  'app/start.mjs': `import { createCache } from 'holdfast'\ncreateCache()\n`,
}

const problemsOf = (planted: Readonly<Record<string, string>>): readonly string[] =>
  checkImports(new Map(Object.entries({ ...clean, ...planted }))).problems

describe('the import check', () => {
  it('finds nothing in a clean tree and counts what it read', () => {
    expect(checkImports(new Map(Object.entries(clean)))).toEqual({ files: 5, imports: 6, problems: [] })
  })

  it('refuses a tree without files and a tree without imports', () => {
    expect(checkImports(new Map()).problems).toEqual(['read 0 files and no import: the check itself is broken'])
    expect(checkImports(new Map([['src/base/a.ts', 'export const a = 1']])).problems).toHaveLength(1)
  })

  it('names the line, the rule and what would be allowed for an import against the table', () => {
    expect(problemsOf({ 'src/keys/key.ts': `\nimport { Redis } from '../redis/redis.ts'\nexport { Redis }` })).toEqual([
      'src/keys/key.ts:2 imports src/redis/redis.ts: keys may not import redis (keys may import: base)',
    ])
  })

  it.each([
    ['a type-only import', `import type { Cache } from '../cache/cache.ts'`],
    ['a type-only export', `export type { Cache } from '../cache/cache.ts'`],
    ['a star export', `export * from '../cache/cache.ts'`],
    ['a named export', `export { Cache } from '../cache/cache.ts'`],
    ['an import in a type', `type Cache = import('../cache/cache.ts').Cache`],
    ['a dynamic import', `const load = () => import('../cache/cache.ts')`],
    ['an import for its effects', `import '../cache/cache.ts'`],
    ['an import assignment', `import cache = require('../cache/cache.ts')`],
    ['a require', `const cache = require('../cache/cache.ts')`],
  ])('finds %s against the table', (_, text) => {
    expect(problemsOf({ 'src/session/session.ts': text })).toEqual([
      expect.stringMatching(
        /^src\/session\/session\.ts:1 imports src\/cache\/cache\.ts: session may not import cache /,
      ),
    ])
  })

  it('lets the engine use types of redis and refuses its values, also behind an inline type', () => {
    expect(problemsOf({ 'src/cache/fill.ts': `import { Redis } from '../redis/redis.ts'` })).toHaveLength(1)
    expect(problemsOf({ 'src/cache/fill.ts': `import { type Redis } from '../redis/redis.ts'` })).toHaveLength(1)
  })

  it('refuses a computed import in src/, because nobody could judge it', () => {
    expect(problemsOf({ 'src/base/lazy.ts': 'const load = (name) => import(name)' })).toEqual([
      'src/base/lazy.ts:1 imports a computed name: write it as a literal',
    ])
  })

  it('keeps ioredis in src/redis, type imports included', () => {
    expect(problemsOf({ 'src/cache/a.ts': `import type { Redis } from 'ioredis/built/Redis'` })).toEqual([
      'src/cache/a.ts:1 imports ioredis/built/Redis: only src/redis may',
    ])
    expect(problemsOf({ 'src/source/b.ts': `import { DataAPIClient } from '@datastax/astra-db-ts'` })).toEqual([])
  })

  it('keeps the public surface for those outside: nothing in src/ imports index.ts or the package by name', () => {
    expect(problemsOf({ 'src/cli/a.ts': `import type { Cache } from '../index.ts'` })).toHaveLength(1)
    expect(problemsOf({ 'src/cli/a.ts': `import type { Cache } from 'holdfast'` })).toHaveLength(1)
  })

  it('refuses a path into src/ from a folder that stands for a stranger', () => {
    expect(
      problemsOf({ 'bench/hit.ts': `import { now } from '../src/base/clock.ts'\nimport 'holdfast/testing'` }),
    ).toEqual(['bench/hit.ts:1 imports src/base/clock.ts: bench/ uses public names only (holdfast, holdfast/…)'])
  })

  it('finds a folder that the table does not know', () => {
    expect(problemsOf({ 'src/utils/a.ts': `import { now } from '../base/clock.ts'` })).toEqual([
      'src/utils/a.ts:1 imports src/base/clock.ts: src/utils/a.ts is in no part of the table in scripts/imports/rules.ts',
    ])
  })

  it('finds an import that names no file, so a forgotten extension cannot hide a cycle', () => {
    expect(problemsOf({ 'src/base/a.ts': `import { now } from './clock'` })).toEqual([
      'src/base/a.ts:1 imports src/base/clock: no such file (an import names the file, .ts included)',
    ])
  })

  it('finds a cycle of files, also through types and within one folder', () => {
    const planted = {
      'src/base/a.ts': `import { b } from './b.ts'\nexport const a = b`,
      'src/base/b.ts': `import type { C } from './c.ts'\nexport const b: C = 1`,
      'src/base/c.ts': `export type { a as C } from './a.ts'`,
    }
    expect(problemsOf(planted)).toEqual([
      'src/base/c.ts:1 imports src/base/a.ts: a cycle (src/base/a.ts → src/base/b.ts → src/base/c.ts → src/base/a.ts)',
    ])
  })

  it('finds a file that imports itself, and cycles in app, emulator and test support', () => {
    expect(problemsOf({ 'emulator/src/a.ts': `import './a.ts'` })).toHaveLength(1)
    expect(problemsOf({ 'test/support/a.ts': `import './b.ts'`, 'test/support/b.ts': `import './a.ts'` })).toHaveLength(
      1,
    )
  })

  it('reports a file that does not parse', () => {
    expect(problemsOf({ 'src/base/a.ts': `\nimport from from {` })).toContainEqual(
      expect.stringMatching(/^src\/base\/a\.ts:2 does not parse: /),
    )
  })
})
