import { access, constants, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/** A server program of this machine, and the variables without which it does not start. */
export interface RedisBinary {
  readonly path: string
  readonly env: Readonly<Record<string, string>>
}

/** The programs that will do, the first one preferred. */
export const serverNames = ['redis-server', 'valkey-server'] as const

// Debian puts servers where a user's PATH need not look; a program started from a desktop has a short PATH on macOS.
const usualFolders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin']

/** The Redis or Valkey that is installed on this machine, if there is one. */
export async function findRedisBinary(
  searchPath: string = process.env['PATH'] ?? '',
): Promise<RedisBinary | undefined> {
  const path = await findProgram(serverNames, searchPath)
  return path === undefined ? undefined : { path, env: {} }
}

/** The first of `names` that some folder has. */
export async function findProgram(
  names: readonly string[],
  searchPath: string = process.env['PATH'] ?? '',
): Promise<string | undefined> {
  for (const candidate of programCandidates(names, searchPath)) {
    if (await isProgram(candidate)) return candidate
  }
  return undefined
}

/** Where to look: every folder for the first name, then every folder for the next. */
export function programCandidates(names: readonly string[], searchPath: string): readonly string[] {
  const folders = new Set([...searchPath.split(delimiter).filter(isAbsolute), ...usualFolders])
  return names.flatMap((name) => [...folders].map((folder) => join(folder, name)))
}

/** Whether `path` is a file that may be executed. */
export async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    // Not there, or not readable by this user: either way another candidate has to do.
    return false
  }
}
