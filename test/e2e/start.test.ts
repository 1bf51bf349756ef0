import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

import { describe, expect, it, onTestFinished } from 'vitest'

import { privateRedis } from '../../src/testing/index.ts'
import { startBrowser } from '../support/dashboard.ts'
import { start } from './support/npm-start.ts'

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function latest(origin: string): Promise<{ readonly xCache: string | null; readonly title: unknown }> {
  const response = await fetch(`${origin}/api/requirements/latest`)
  const { title } = (await response.json()) as { title: unknown }
  return { xCache: response.headers.get('x-cache'), title }
}

describe('npm start', () => {
  it('serves, caches, takes a new version with the printed line, and leaves nothing behind', async () => {
    const service = await start({})
    const [, origin = ''] = await service.printed(/listens at (http:\S+)/)
    await service.printed(/Ctrl-C/)

    expect((await latest(origin)).title).toBe('FR-PERF-404: Redis caching layer')
    expect((await latest(origin)).xCache).toBe('hit')

    const [line = ''] = /curl -s -X POST .*/.exec(service.output()) ?? []
    const submitted = spawnSync('sh', ['-c', line], { encoding: 'utf8' })
    expect(JSON.parse(submitted.stdout)).toMatchObject({ success: true })
    expect(await latest(origin)).toEqual({ xCache: 'miss', title: 'Encounter builder' })

    const processes = service.processes()
    expect(processes.length).toBeGreaterThan(2)
    service.interrupt()
    expect(await service.ended).toEqual({ exitCode: 0, complaint: '' })
    // Whoever has ended is still there until its parent has taken note of it.
    await expect.poll(() => processes.filter(isAlive)).toEqual([])
    expect(await service.temporaryFiles()).toEqual([])
  })

  it('lets a person log in with what it printed, and shows them the dashboard', async () => {
    const service = await start({})
    const [, origin = ''] = await service.printed(/listens at (http:\S+)/)
    const [, name = '', password = ''] = await service.printed(/^ {2}(\S+) +admin +(\S+)$/m)
    const browser = await startBrowser()
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(`${origin}/admin/cache/`)
    await page.waitForURL(`${origin}/login`)
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Password').fill('Not-the-password-1')
    await page.getByRole('button', { name: 'Log in' }).click()
    await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/wrong/)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.waitForURL(`${origin}/admin/cache/**`)
    await page.getByText('Live', { exact: true }).waitFor()
    expect(complaints).toEqual([])
  })

  it('uses Redis and the cache as the configuration of an environment has them', async () => {
    await using redis = await privateRedis({ args: ['--requirepass', 'open sesame'] })
    const { host, port } = new URL(redis.url)
    const service = await start({
      HOLDFAST_ENVIRONMENT: 'dev',
      HOLDFAST_NAMESPACE: 'e2e-configured',
      REDIS_URL: `redis://:open%20sesame@${host}`,
    })
    await service.printed(/listens at/)
    expect(service.output()).toMatch(new RegExp(`Redis +redis://127\\.0\\.0\\.1:${port}/0\\n`))
    expect(service.output()).not.toContain('sesame')
  })

  it('goes on from the database when its Redis dies', async () => {
    const service = await start({})
    const [, origin = ''] = await service.printed(/listens at (http:\S+)/)
    const [, redisPort] = await service.printed(/redis:\/\/127\.0\.0\.1:(\d+)/)
    const redis = service.processes().find((pid) => commandOf(pid).includes(redisPort ?? 'no port'))
    if (redis === undefined) throw new Error('The private Redis is no process of the service')
    process.kill(redis, 'SIGKILL')

    let answer = await latest(origin)
    while (answer.xCache === 'hit') answer = await latest(origin)
    expect(answer).toEqual({ xCache: 'bypass', title: 'FR-PERF-404: Redis caching layer' })
    service.interrupt()
    expect(await service.ended).toMatchObject({ exitCode: 0 })
    expect(await service.temporaryFiles()).toEqual([])
  })
})

describe('npm start that cannot work', () => {
  /** How a start ended: with which code, which lines on stderr, and what it left. */
  async function failedStart(environment: NodeJS.ProcessEnv, args?: readonly string[]) {
    const service = await start(environment, args)
    const { exitCode, complaint } = await service.ended
    return { exitCode, lines: complaint.trimEnd().split('\n'), left: await service.temporaryFiles() }
  }
  const oneSentence = (sentence: RegExp) => ({ exitCode: 1, lines: [expect.stringMatching(sentence)], left: [] })

  it('says that its port is taken', async () => {
    const taken = await listen()
    onTestFinished(() => void taken.server.close())
    const PORT = String(taken.port)
    expect(await failedStart({ PORT })).toEqual(oneSentence(new RegExp(`^Port ${PORT} on 127\\.0\\.0\\.1 is taken`)))
  })

  it('says that PORT is no port', async () => {
    expect(await failedStart({ PORT: 'http' })).toEqual(oneSentence(/^PORT must be a whole number/))
  })

  it('says that nothing listens at REDIS_URL, without its password', async () => {
    const end = await failedStart({ REDIS_URL: 'redis://:secret@127.0.0.1:1' })
    expect(end).toEqual(oneSentence(/^(?!.*secret).*127\.0\.0\.1:1.*REDIS_URL/))
  })

  it('lists all that a configuration lacks', async () => {
    const { exitCode, lines, left } = await failedStart({
      HOLDFAST_ENVIRONMENT: 'prod',
      HOLDFAST_REDIS_MAX_CONNECTIONS: 'many',
    })
    expect({ exitCode, left }).toEqual({ exitCode: 1, left: [] })
    expect(lines.join('\n')).toMatch(/redis\.password.*REDIS_PASSWORD/)
    expect(lines.join('\n')).toMatch(/redis\.maxConnections/)
  })

  it('says that Redis needs a password, or another one', async () => {
    await using redis = await privateRedis({ args: ['--requirepass', 'right'] })
    expect(await failedStart({ REDIS_URL: redis.url })).toEqual(oneSentence(/needs a password/))
    const REDIS_URL = redis.url.replace('redis://', 'redis://:wrong@')
    expect(await failedStart({ REDIS_URL })).toEqual(oneSentence(/^(?!.*:wrong).*refused the user name or password/))
  })

  it('says that the database cannot be reached, without its token', async () => {
    const { server, port } = await listen()
    server.close()
    const ASTRA_DB_API_ENDPOINT = `http://127.0.0.1:${port}`
    const end = await failedStart({ ASTRA_DB_API_ENDPOINT, ASTRA_DB_APPLICATION_TOKEN: 'AstraCS:secret' })
    expect(end).toEqual(oneSentence(new RegExp(`^(?!.*secret)Nothing listens at ${ASTRA_DB_API_ENDPOINT}:`)))
  })

  it('says that the --data directory does not exist', async () => {
    const end = await failedStart({}, ['--data', '/nowhere/at/all'])
    expect(end).toEqual(oneSentence(/^The --data directory \/nowhere\/at\/all does not exist/))
  })
})

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { server, port: typeof address === 'object' && address ? address.port : 0 }
}

function commandOf(pid: number): string {
  return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout
}
