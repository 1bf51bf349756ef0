import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { root, temporaryFolder } from './support/clone.ts'
import { runNode } from './support/run.ts'

// Neither Node's type stripping nor the test runner reads the syntax, so this goes through the compiler as a user's file does.
const users = `
import { Cached, createCache } from 'holdfast'

const cache = createCache({ redis: null, namespace: 'decorated' })

class Users {
  calls = 0
  readonly title: string

  constructor(title: string) {
    this.title = title
  }

  @Cached(cache, { name: 'users.byId', ttl: '1m', tags: (id: number) => [\`user:\${id}\`] })
  async byId(id: number): Promise<string> {
    this.calls += 1
    return \`\${this.title} \${id}\`
  }
}

const users = new Users('user')
const answers = [await users.byId(1), await users.byId(1), await users.byId(2)]
const before = users.calls
await cache.invalidate({ tags: ['user:1'] })
await users.byId(1)
await users.byId(2)
process.stdout.write(JSON.stringify({ answers, before, after: users.calls }))
await cache.close()
`

async function compiled(source: string) {
  const folder = await temporaryFolder()
  const compilerOptions = {
    target: 'es2022',
    noEmit: false,
    outDir: 'out',
    rootDir: '.',
    allowImportingTsExtensions: false,
  }
  // With the rest of the configuration as it is for everybody.
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['users.ts'] }
  await writeFile(join(folder.path, 'tsconfig.json'), JSON.stringify(config))
  await writeFile(join(folder.path, 'package.json'), JSON.stringify({ type: 'module' }))
  await symlink(join(root, 'node_modules'), join(folder.path, 'node_modules'))
  await writeFile(join(folder.path, 'users.ts'), source)
  await runNode([join(root, 'node_modules/typescript/bin/tsc'), '-p', folder.path], { cwd: folder.path })
  return folder
}

describe('@Cached, compiled', () => {
  it('caches a method by its arguments, with the options beside it', async () => {
    await using folder = await compiled(users)
    const said = await runNode(['--conditions=holdfast-source', 'out/users.js'], { cwd: folder.path })
    expect(JSON.parse(said)).toEqual({ answers: ['user 1', 'user 1', 'user 2'], before: 2, after: 3 })
  })

  it('does not compile on a method whose arguments its options do not fit', async () => {
    const unfit = users.replace('(id: number) => [', '(id: Date) => [')
    await expect(compiled(unfit)).rejects.toThrow(/error TS\d+/)
  })
})
