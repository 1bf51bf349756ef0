/**
 * `npm start` as a person runs it: a process of its own in a terminal's process group, with nothing but the environment.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { privateRedis } from '../../src/testing/index.ts'

const ROOT = join(import.meta.dirname, '../..')

interface Started {
  /** What it has printed so far. */
  readonly output: () => string
  /** Resolves to the match once it has been printed; rejects when the process ends without it. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>
  /** Ctrl-C: the signal reaches every process of the group. */
  readonly interrupt: () => void
  readonly ended: Promise<{ readonly exitCode: number | null; readonly complaint: string }>
  readonly processes: () => readonly number[]
  /** What is left in the folder for temporary files. */
  readonly temporaryFiles: () => Promise<readonly string[]>
}

async function start(environment: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<Started> {
  const temporary = await mkdtemp(join(tmpdir(), 'holdfast-e2e-'))
  const child = spawn('npm', ['start', '--', ...args], {
    cwd: ROOT,
    detached: true,
    env: { ...withoutSettings(process.env), TMPDIR: temporary, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [output, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  // npm itself may have something to say about the machine's settings.
  const complaint = () => errors.replaceAll(/^npm (?:warn|notice).*\n/gm, '')
  const ended = once(child, 'close').then(() => ({ exitCode: child.exitCode, complaint: complaint() }))
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) signalGroup(child, 'SIGKILL')
    await ended
    await rm(temporary, { recursive: true, force: true })
  })
  return {
    output: () => output,
    printed: async (pattern) => {
      for (;;) {
        const match = pattern.exec(output)
        if (match) return match
        if (child.exitCode !== null) throw new Error(`It ended without printing ${String(pattern)}: ${output}${errors}`)
        await Promise.race([once(child.stdout, 'data'), ended])
      }
    },
    interrupt: () => signalGroup(child, 'SIGINT'),
    ended,
    processes: () => groupOf(child),
    temporaryFiles: async () => (await readdir(temporary)).filter((name) => !name.startsWith('node-compile-cache')),
  }
}

function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours =
    /^(?:PORT|HOST|REDIS_URL|ASTRA_.*|ADMIN_TOKEN|USER_TOKEN|EMULATOR_.*|HOLDFAST_.*|NODE_OPTIONS|npm_.*|VITEST.*)$/
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)))
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal)
}

/** The processes that descend from a child, by the table of all processes. */
function groupOf({ pid }: ChildProcess): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  const table = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  const found = pid === undefined ? [] : [pid]
  for (const parent of found) for (const [one, ppid] of table) if (ppid === parent && one) found.push(one)
  return found
}

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
    expect(processes.filter(isAlive)).toEqual([])
    expect(await service.temporaryFiles()).toEqual([])
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
