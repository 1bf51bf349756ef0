/*
 * Packages of Debian and its kin, unpacked into a folder instead of being installed.
 *
 * apt-get itself says which packages this machine lacks, so no list of libraries has to be kept per release. Nothing
 * outside the folder changes: where the machine's package lists are missing (as in most container images) or too old for
 * the mirror, lists of our own are fetched below the folder and thrown away with it. None of it needs root.
 */
import { execFile } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { findProgram } from './find-redis.ts'

const execute = promisify(execFile)

/** What provides a server: its package first, then the one with the program when the first only links to it. */
type PackageNames = readonly string[]

// Debian keeps the program in the -tools package; redis-server alone is a dangling link.
const choices: readonly PackageNames[] = [
  ['redis-server', 'redis-tools'],
  ['valkey-server', 'valkey-tools'],
]

/** Which package lists a run of apt-get reads: the machine's, or those below a folder of ours. */
export type AptLists = { readonly kind: 'machine' } | { readonly kind: 'own'; readonly folder: string }

/** Downloads a server with all that this machine lacks for it, and unpacks it; answers the root of the tree. */
export async function unpackRedisPackages(into: string, onProgress: (line: string) => void): Promise<string> {
  for (const name of ['apt-get', 'dpkg-deb']) {
    if (!(await findProgram([name]))) throw new Error(`this machine has no ${name} to get one with`)
  }
  const root = join(into, 'root')
  const packages = join(into, 'packages')
  await Promise.all([root, packages].map((folder) => mkdir(folder, { recursive: true })))
  try {
    await download({ kind: 'machine' }, packages, onProgress)
  } catch {
    // No lists, or lists older than the mirror: whatever is wrong beyond that shows again below.
    await downloadWithOwnLists(join(into, 'apt'), packages, onProgress)
  }
  const files = (await readdir(packages)).filter((file) => file.endsWith('.deb'))
  for (const file of files) await execute('dpkg-deb', ['-x', join(packages, file), root])
  return root
}

async function download(lists: AptLists, cwd: string, onProgress: (line: string) => void): Promise<void> {
  const names = await firstKnown(lists)
  onProgress(`Downloading ${names.join(', ')} with apt-get`)
  await aptGet(lists, ['download', ...names], cwd)
}

/** The packages to fetch for the first choice that the lists know. */
async function firstKnown(lists: AptLists): Promise<readonly string[]> {
  const failures: unknown[] = []
  for (const choice of choices) {
    try {
      const plan = await aptGet(lists, ['--simulate', '--no-install-recommends', '--yes', 'install', ...choice])
      return packagesToUnpack(plan, choice)
    } catch (error) {
      failures.push(error)
    }
  }
  throw failures[0]
}

async function downloadWithOwnLists(folder: string, cwd: string, onProgress: (line: string) => void): Promise<void> {
  const lists: AptLists = { kind: 'own', folder }
  const folders = ['state/lists/partial', 'cache/archives/partial']
  await Promise.all(folders.map((each) => mkdir(join(folder, each), { recursive: true })))
  onProgress('Fetching the package lists with apt-get')
  let problem: unknown
  try {
    await aptGet(lists, ['-o', 'APT::Update::Error-Mode=any', 'update'])
  } catch (error) {
    problem = error
  }
  try {
    await download(lists, cwd, onProgress)
  } catch (error) {
    // One source that cannot be reached need not matter. Where it does, it is what to look at: without it apt-get only
    // says that it knows no such package.
    throw problem ?? error
  }
}

async function aptGet(lists: AptLists, args: readonly string[], cwd?: string): Promise<string> {
  const isRoot = process.getuid?.() === 0
  const { stdout } = await execute('apt-get', [...aptOptions(lists, isRoot), ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 16 * 1024 * 1024,
  })
  return stdout
}

/** The options of every run. */
export function aptOptions(lists: AptLists, isRoot: boolean): readonly string[] {
  const options = ['Acquire::Retries=2', 'Acquire::http::Timeout=20', 'Acquire::https::Timeout=20']
  // As root apt-get downloads as the user _apt, who may not write below a home folder.
  if (isRoot) options.push('APT::Sandbox::User=root')
  if (lists.kind === 'own') {
    options.push(
      `Dir::State=${join(lists.folder, 'state')}`,
      'Dir::State::status=/var/lib/dpkg/status',
      `Dir::Cache=${join(lists.folder, 'cache')}`,
      'Acquire::Languages=none',
    )
  }
  return options.flatMap((option) => ['-o', option])
}

/**
 * What to unpack for `wanted`, by what apt-get would install: the packages that are missing, and `wanted` itself also
 * where it is installed already, since its files are looked for in the unpacked tree.
 */
export function packagesToUnpack(simulation: string, wanted: readonly string[]): readonly string[] {
  const missing = [...simulation.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => (name === undefined ? [] : [name]))
  // A C library of another build than the machine's loader breaks every program that is started with it.
  return [...new Set([...wanted, ...missing])].filter((name) => !/^libc6(:|$)/.test(name))
}

/** The line of a failed command that says most: apt-get marks its errors. */
export function reasonOf(error: unknown): string {
  const { stderr = '', message = String(error) } = error as { stderr?: string; message?: string }
  const lines = (stderr.trim() || message.trim()).split('\n')
  return lines.find((line) => line.startsWith('E: '))?.slice(3) ?? lines.at(-1) ?? message
}
