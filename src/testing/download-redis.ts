/*
 * A server of our own in the cache folder, for machines that have none.
 *
 * A tree is prepared under a name that nobody looks for, is tried, and only then gets its real name in one rename. So a
 * tree with its real name is whole, whatever crashed and however many processes did the same at once. It is not updated:
 * a release of the operating system has one tree, until someone removes it.
 */
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { reasonOf, unpackRedisPackages } from './apt.ts'
import type { RedisBinary } from './find-redis.ts'
import { RedisNotFoundError } from './redis-not-found-error.ts'
import { unpackedRedis } from './unpacked-redis.ts'

/** Fills a folder with an unpacked server and answers the root of its tree. */
export type Unpack = (into: string, onProgress: (line: string) => void) => Promise<string>

export interface DownloadRedisOptions {
  readonly cacheFolder: string
  readonly onProgress: (line: string) => void
  /** @default the packages of Debian and its kin */
  readonly unpack?: Unpack
}

/** @throws RedisNotFoundError when no server that runs could be had, such as on a machine without apt-get */
export async function downloadRedis(options: DownloadRedisOptions): Promise<RedisBinary> {
  const { cacheFolder, onProgress, unpack = unpackRedisPackages } = options
  const home = join(cacheFolder, treeName(await osRelease(), process.arch))
  const cached = await unpackedRedis(home)
  if (cached) return cached

  onProgress(`No Redis on this machine: getting one into ${cacheFolder} (once, about 2 MB)`)
  try {
    const binary = await prepare(cacheFolder, home, (into) => unpack(into, onProgress))
    onProgress(`Redis is ready: ${binary.path}`)
    return binary
  } catch (cause) {
    throw new RedisNotFoundError(`none could be put into ${cacheFolder}: ${reasonOf(cause)}`, { cause })
  }
}

async function prepare(
  cacheFolder: string,
  home: string,
  unpack: (into: string) => Promise<string>,
): Promise<RedisBinary> {
  await mkdir(cacheFolder, { recursive: true })
  const workshop = await mkdtemp(join(cacheFolder, '.unpacking-'))
  try {
    const root = await unpack(workshop)
    if (!(await unpackedRedis(root))) throw new Error('the server in the downloaded packages does not run')
    return await settle(root, home, join(workshop, 'replaced'))
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

/** Gives the tree at `root` its real name. Of two processes that get here, the second uses what the first has put there. */
async function settle(root: string, home: string, discard: string): Promise<RedisBinary> {
  try {
    await rename(root, home)
  } catch (error) {
    const others = await unpackedRedis(home)
    if (others) return others
    if (!isOccupied(error)) throw error
    // What is there does not run: a file is gone from it, or the operating system's libraries have changed.
    await rename(home, discard)
    await rename(root, home)
  }
  const settled = await unpackedRedis(home)
  if (!settled) throw new Error(`${home} was removed while it was prepared`)
  return settled
}

function isOccupied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
}

async function osRelease(): Promise<string> {
  try {
    return await readFile('/etc/os-release', 'utf8')
  } catch {
    // Only tells trees of different systems apart that share a home; without it there is one tree per architecture.
    return ''
  }
}

/** The name of the tree for this operating system, by its os-release(5): a binary of another release may lack libraries. */
export function treeName(osRelease: string, arch: string): string {
  const value = (field: string) => new RegExp(`^${field}="?([\\w.-]+)"?$`, 'm').exec(osRelease)?.[1]
  return ['redis', value('ID') ?? 'linux', value('VERSION_ID') ?? 'rolling', arch].join('-')
}
