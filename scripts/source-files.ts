import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const isGenerated = (path: string): boolean => /(^|\/)(node_modules|dist|coverage)(\/|$)/.test(path)

/** The source files under `folders` of the repository at `root`, by path relative to it; an absent folder holds none. */
export function readSourceFiles(root: string, folders: readonly string[]): ReadonlyMap<string, string> {
  const patterns = folders.map((folder) => `${folder}/**/*.{ts,tsx,js,mjs}`)
  const paths = globSync(patterns, { cwd: root, exclude: isGenerated })
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}
