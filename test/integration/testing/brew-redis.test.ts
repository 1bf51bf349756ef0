import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { brewRedis } from '../../../src/testing/brew-redis.ts'

/** A folder with a `brew` of our own: Homebrew itself is not on every machine that runs these tests. */
async function folderWithBrew(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-brew-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const brew = join(folder, 'brew')
  await writeFile(brew, `#!/bin/sh\ncd "$(dirname "$0")"\n${script}\n`)
  await chmod(brew, 0o755)
  return folder
}

describe('a server from Homebrew', () => {
  it('is installed, told of, and then found', async () => {
    const folder = await folderWithBrew(
      '[ "$*" = "install redis" ] && printf "#!/bin/sh\\n" > redis-server && chmod 755 redis-server',
    )
    const told: string[] = []
    expect(await brewRedis((line) => told.push(line), folder)).toMatchObject({ path: join(folder, 'redis-server') })
    expect(told).toEqual(['Installing Redis with Homebrew (brew install redis)'])
  })

  it('is not had when Homebrew fails, and the error says how to install one', async () => {
    const folder = await folderWithBrew('echo "no network" >&2; exit 1')
    await expect(brewRedis(() => undefined, folder)).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_REDIS_NOT_FOUND',
      message: expect.stringContaining('brew install redis'),
      cause: expect.objectContaining({ stderr: 'no network\n' }),
    })
  })

  it('is nothing where there is no Homebrew', async () => {
    expect(await brewRedis(() => expect.unreachable(), '/nowhere')).toBeUndefined()
  })
})
