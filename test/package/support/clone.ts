import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runNode } from './run.ts'

// What the package holds and what builds it.
const published =
  /^(src\/|scripts\/|alerts\/|grafana\/|tsconfig|package\.json$|(admin\.openapi|config\.schema)\.json$|[^/]+\.md$|LICENSE)/

/** The root of this repository. */
export const root = join(import.meta.dirname, '..', '..', '..')

// What .gitignore keeps out of a commit. Git is not asked: a source archive has no repository around it.
const ignored = /^(node_modules|dist|coverage|\.cache|\.git)$|\.(log|tgz|tsbuildinfo)$/

/** The files that a commit of the present tree would hold, by path relative to the root. */
export async function repositoryFiles(folder = ''): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const found = entries
    .filter(({ name }) => !ignored.test(name))
    .map(async (entry): Promise<readonly string[]> => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return repositoryFiles(path)
      return entry.isFile() ? [path] : []
    })
  return (await Promise.all(found)).flat()
}

export interface Folder extends AsyncDisposable {
  readonly path: string
}

/** An empty folder outside the repository, so that nothing resolves into it by accident. */
export async function temporaryFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-package-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/**
 * A copy of the clone, built: what a publisher would have before `npm pack`.
 *
 * A copy, because a build empties dist/ first, under whoever reads it, and leaves behind what a fresh clone lacks.
 */
export async function builtClone(): Promise<Folder> {
  const folder = await temporaryFolder()
  try {
    const wanted = (await repositoryFiles()).filter((path) => published.test(path))
    await Promise.all(wanted.map((path) => cp(join(root, path), join(folder.path, path))))
    await symlink(join(root, 'node_modules'), join(folder.path, 'node_modules'))
    await runNode(['scripts/build.ts'], { cwd: folder.path })
    return folder
  } catch (error) {
    await folder[Symbol.asyncDispose]()
    throw error
  }
}
