import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { findProgram, findRedisBinary, type RedisBinary } from './find-redis.ts'
import { RedisNotFoundError } from './redis-not-found-error.ts'

const execute = promisify(execFile)

/**
 * The server that Homebrew installs, which is how macOS gets one; undefined where there is no Homebrew.
 *
 * @throws RedisNotFoundError (ERR_HOLDFAST_REDIS_NOT_FOUND) when Homebrew fails; its own words are the cause
 */
export async function brewRedis(
  onProgress: (line: string) => void,
  searchPath: string = process.env['PATH'] ?? '',
): Promise<RedisBinary | undefined> {
  const brew = await findProgram(['brew'], searchPath)
  if (brew === undefined) return undefined
  onProgress('Installing Redis with Homebrew (brew install redis)')
  try {
    await execute(brew, ['install', 'redis'], { env: { ...process.env, HOMEBREW_NO_AUTO_UPDATE: '1' } })
  } catch (cause) {
    throw new RedisNotFoundError('Homebrew could not install it', { cause })
  }
  return findRedisBinary(searchPath)
}
