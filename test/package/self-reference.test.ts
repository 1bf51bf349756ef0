import { pathToFileURL } from 'node:url'

import { beforeAll, describe, expect, it } from 'vitest'

import { builtClone, type Folder } from './support/clone.ts'
import { runNode } from './support/run.ts'

let clone: Folder

beforeAll(async () => {
  clone = await builtClone()
  return clone[Symbol.asyncDispose]
}, 120_000)

async function importHoldfast(
  ...flags: readonly string[]
): Promise<{ readonly url: string; readonly names: string[] }> {
  const script = `const url = import.meta.resolve('holdfast')
    process.stdout.write(JSON.stringify({ url, names: Object.keys(await import(url)) }))`
  const output = await runNode([...flags, '--input-type=module', '-e', script], { cwd: clone.path })
  return JSON.parse(output) as { url: string; names: string[] }
}

describe('the name holdfast inside the clone', () => {
  it('means dist/ to a plain Node and src/ under the condition that npm start sets, with the same names', async () => {
    const built = await importHoldfast()
    const source = await importHoldfast('--conditions=holdfast-source')

    expect(built.url).toBe(pathToFileURL(`${clone.path}/dist/index.js`).href)
    expect(source.url).toBe(pathToFileURL(`${clone.path}/src/index.ts`).href)
    expect(source.names).toContain('createCache')
    expect(built.names).toEqual(source.names)
  })
})
