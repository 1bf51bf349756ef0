import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

import { beforeAll, describe, expect, it } from 'vitest'

import { root, repositoryFiles } from './support/clone.ts'

// Spelled in pieces, so that this file does not find itself.
const machineFolders = ['home', 'Users', 'root', 'work', 'workspace', 'builds'].join('|')
const machinePath = new RegExp(`(?<![\\w./~@-])/(?:${machineFolders})/[\\w.-]+|\\b[A-Z]:\\\\Users\\\\`)

let texts: ReadonlyMap<string, string>

beforeAll(async () => {
  const paths = await repositoryFiles()
  const read = async (path: string): Promise<[string, string]> => [path, await readFile(join(root, path), 'utf8')]
  texts = new Map(await Promise.all(paths.map(read)))
})

describe('the repository', () => {
  it('has lockfiles that name no registry host, so an install uses the one that is configured', () => {
    const locks = [...texts].filter(([path]) => basename(path) === 'package-lock.json')
    expect(locks.map(([path]) => path)).toContain('package-lock.json')
    expect(locks.filter(([, text]) => /"resolved":\s*"https?:/.test(text)).map(([path]) => path)).toEqual([])
  })

  it('names no folder of the machine it was written on', () => {
    expect(machinePath.test(['see ', 'home', 'alice', 'cache.ts'].join('/'))).toBe(true)
    const found = [...texts].flatMap(([path, text]) =>
      text
        .split('\n')
        .flatMap((line, index) => (machinePath.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
    )
    expect(found).toEqual([])
  })
})
