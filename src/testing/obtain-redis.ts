import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

import { brewRedis } from './brew-redis.ts'
import { downloadRedis } from './download-redis.ts'
import { findRedisBinary, type RedisBinary } from './find-redis.ts'

export interface ObtainRedisOptions {
  /** Where a downloaded server is kept. @default `$XDG_CACHE_HOME/holdfast`, or `~/.cache/holdfast` */
  readonly cacheFolder?: string
  /** Called with a line of text for each step that takes a while. */
  readonly onProgress?: (line: string) => void
}

/**
 * A server program: the installed one; else Homebrew's, where there is Homebrew; else one that an earlier call downloaded,
 * or that is downloaded now. Downloading needs Debian or its kin and no root; it changes nothing outside the cache folder.
 *
 * @throws RedisNotFoundError (ERR_HOLDFAST_REDIS_NOT_FOUND) when there is none to be had; it says how to install one
 */
export async function obtainRedis({
  cacheFolder = defaultCacheFolder(),
  onProgress = () => undefined,
}: ObtainRedisOptions = {}): Promise<RedisBinary> {
  return (
    (await findRedisBinary()) ?? (await brewRedis(onProgress)) ?? (await downloadRedis({ cacheFolder, onProgress }))
  )
}

/** The cache folder by the XDG base directory specification, which has a relative path ignored. */
export function defaultCacheFolder(
  xdgCacheHome: string = process.env['XDG_CACHE_HOME'] ?? '',
  home: string = homedir(),
): string {
  return join(isAbsolute(xdgCacheHome) ? xdgCacheHome : join(home, '.cache'), 'holdfast')
}
