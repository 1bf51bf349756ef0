import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { isProgram, serverNames, type RedisBinary } from './find-redis.ts'

const execute = promisify(execFile)

/** The server of a tree that packages were unpacked into; nothing when it has none, or one that does not run here. */
export async function unpackedRedis(root: string): Promise<RedisBinary | undefined> {
  const env = { LD_LIBRARY_PATH: (await libraryFolders(root)).join(':') }
  for (const name of serverNames) {
    const path = join(root, 'usr/bin', name)
    if ((await isProgram(path)) && (await runs(path, env))) return { path, env }
  }
  return undefined
}

/** Where libraries are: `lib` and `usr/lib`, and in both the folders of an architecture. */
async function libraryFolders(root: string): Promise<readonly string[]> {
  const parents = [join(root, 'usr/lib'), join(root, 'lib')]
  const nested = await Promise.all(
    parents.map(async (parent) => (await entriesOf(parent)).filter(isMultiarch).map((name) => join(parent, name))),
  )
  return [...nested.flat(), ...parents]
}

/** Whether `name` is a folder of libraries for one architecture, such as `x86_64-linux-gnu`. */
export function isMultiarch(name: string): boolean {
  return /-linux-gnu[a-z0-9]*$/.test(name)
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch {
    // A tree without that folder has no libraries in it.
    return []
  }
}

async function runs(path: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  try {
    await execute(path, ['--version'], { env: { ...process.env, ...env } })
    return true
  } catch {
    // Truncated, for another machine, or without one of its libraries.
    return false
  }
}
