import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { join } from 'node:path'

import { parseSync } from 'oxc-parser'
import { beforeAll, describe, expect, it } from 'vitest'

import { builtClone, root, temporaryFolder, type Folder } from './support/clone.ts'
import { run, runNode } from './support/run.ts'

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies: Readonly<Record<string, string>>
}

const bin = (name: string): string => join(root, 'node_modules', '.bin', name)

let project: Folder
let tarball: string
let installed: string
let manifest: Manifest

beforeAll(async () => {
  await using clone = await builtClone()
  project = await temporaryFolder()
  const packed = await run('npm', ['pack', '--json', '--pack-destination', project.path], { cwd: clone.path })
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
  tarball = join(project.path, filename)

  await writeFile(join(project.path, 'package.json'), JSON.stringify({ name: 'stranger', private: true }))
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: project.path })
  installed = join(project.path, 'node_modules', 'holdfast')
  manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest
  return project[Symbol.asyncDispose]
}, 120_000)

describe('the published package', () => {
  it('exports the names of src/index.ts to import and to require', async () => {
    const names = await namesOfSource()
    const print = 'process.stdout.write(JSON.stringify(Object.keys(holdfast)))'
    const imported = await runNode(['--input-type=module', '-e', `import * as holdfast from 'holdfast'; ${print}`], {
      cwd: project.path,
    })
    const required = await runNode(['--input-type=commonjs', '-e', `const holdfast = require('holdfast'); ${print}`], {
      cwd: project.path,
    })
    expect(names).toContain('createCache')
    expect((JSON.parse(imported) as string[]).sort()).toEqual(names)
    expect((JSON.parse(required) as string[]).sort()).toEqual(names)
  })

  it('loads only what it depends on: no optional library, nothing of the reference service', async () => {
    const hook = join(import.meta.dirname, 'support', 'record-imports.mjs')
    const script = `import 'holdfast'`
    const output = await runNode(['--import', hook, '--input-type=module', '-e', script], { cwd: project.path })
    const requests = JSON.parse(output) as { specifier: string; from: string }[]

    const ours = requests.filter(({ from }) => from.includes('/node_modules/holdfast/dist/'))
    const bare = ours.map(({ specifier }) => specifier).filter((name) => !name.startsWith('.') && !isBuiltin(name))
    expect(ours.length).toBeGreaterThan(0)
    expect(bare.filter((name) => !(name in manifest.dependencies))).toEqual([])
    expect(requests.filter(({ specifier }) => specifier.includes('@holdfast/'))).toEqual([])
  })

  it('contains every file that its exports name', () => {
    const targets = Object.values(manifest.exports).flatMap(leavesOf)
    expect(targets.length).toBeGreaterThan(0)
    expect(targets.filter((target) => !existsSync(join(installed, target)))).toEqual([])
  })

  it('has types that a strict project compiles against, those of its dependencies included', async () => {
    const use = `import { createCache, type Cache } from 'holdfast'\nexport const make: (options: never) => Cache = createCache\n`
    await writeFile(join(project.path, 'use.ts'), use)
    const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')]
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2024']
    const args = [...options, '--lib', 'es2024,esnext.disposable', ...types, 'use.ts']
    expect(await run(bin('tsc'), args, { cwd: project.path })).toBe('')
  })

  it('passes publint', async () => {
    expect(await run(bin('publint'), ['run', tarball, '--strict'], { cwd: project.path })).toContain('All good!')
  })

  it('passes attw', async () => {
    const args = [tarball, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji', '--format', 'ascii']
    expect(await run(bin('attw'), args, { cwd: project.path })).toContain('node16 (from ESM): OK (ESM)')
  })
})

/** The names that src/index.ts exports as values, sorted. */
async function namesOfSource(): Promise<readonly string[]> {
  const { module } = parseSync('index.ts', await readFile(join(root, 'src', 'index.ts'), 'utf8'))
  const values = module.staticExports.flatMap(({ entries }) => entries).filter(({ isType }) => !isType)
  return values.map(({ exportName }) => exportName.name ?? '*').sort()
}

function leavesOf(target: unknown): readonly string[] {
  if (typeof target === 'string') return [target]
  return Object.values(target as Readonly<Record<string, unknown>>).flatMap(leavesOf)
}

function isBuiltin(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(name)
}
