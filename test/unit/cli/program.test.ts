import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { runCli } from '../../support/cli.ts'

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'holdfast-cli-'))
})
afterAll(() => rm(cwd, { recursive: true }))

describe('a command line', () => {
  it('that asks for help gets it, with the exit codes', async () => {
    const { code, out } = await runCli(['--help'])
    expect(code).toBe(0)
    expect(out).toContain('Usage: holdfast')
    expect(out).toContain('130 interrupted')
  })

  it.each([
    [['cook']],
    [['keys', '--limit', 'many']],
    [['ttl', 'books', 'soon']],
    [['switch', 'sideways']],
    [['rotate-key', 'burn', '--file', 'x']],
    [['silence', 'RedisDown', '--minutes', '5']],
  ])('that cannot be understood says why and ends with 2: %j', async (args) => {
    const { code, said, out } = await runCli(args, { cwd })
    expect(code).toBe(2)
    expect(said).not.toBe('')
    expect(out).toBe('')
  })

  it('ends with 3 when the configuration is wrong, and lists all of it', async () => {
    const env = { HOLDFAST_CACHE_BOUND: 'soon', HOLDFAST_REDIS_PORT: '99999' }
    const { code, said } = await runCli(['config', 'check'], { cwd, env })
    expect(code).toBe(3)
    expect(said).toContain('HOLDFAST_CACHE_BOUND')
    expect(said).toContain('HOLDFAST_REDIS_PORT')
  })

  it('prints the configuration with where each value came from, and no secret', async () => {
    const env = { REDIS_URL: 'redis://ann:s3cret-pass@cache:6390/2' }
    const printed = await runCli(['config', 'print'], { cwd, env })
    expect(printed.out).toContain('redis.port')
    expect(printed.out).toContain('env REDIS_URL')
    expect(printed.out).not.toContain('s3cret')
    const json = JSON.parse((await runCli(['--json', 'config', 'print'], { cwd, env })).out) as {
      schema: number
      rows: { path: string; value: string }[]
    }
    expect(json.schema).toBe(1)
    expect(json.rows.find(({ path }) => path === 'redis.host')?.value).toBe('cache')
    expect(JSON.stringify(json)).not.toContain('s3cret')
  })

  it('ends with 4 when the service cannot be reached, and says where it looked', async () => {
    const service = () =>
      Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: new Error('connect ECONNREFUSED') }))
    const { code, said } = await runCli(['--url', 'http://localhost:1/admin/', 'stats'], { service })
    expect(code).toBe(4)
    expect(said).toContain('http://localhost:1/admin/ cannot be reached: connect ECONNREFUSED')
  })

  it('ends with 6 when the service refuses, in the words of its problem, and names the token', async () => {
    const problem = {
      type: 'urn:holdfast:problem:unauthenticated',
      title: 'Not logged in',
      status: 401,
      code: 'unauthenticated',
      detail: 'Nobody is logged in',
    }
    const service = () => Promise.resolve(Response.json(problem, { status: 401 }))
    const { code, said } = await runCli(['--url', 'http://localhost:1/', 'stats'], { service })
    expect(code).toBe(6)
    expect(said).toContain('Nobody is logged in')
    expect(said).toContain('HOLDFAST_ADMIN_TOKEN')
  })

  it('sends the token of the variable, and never prints it', async () => {
    const seen: (string | null)[] = []
    const service = (request: Request) => {
      seen.push(request.headers.get('authorization'))
      return Promise.resolve(new Response('not JSON at all', { status: 500 }))
    }
    const { code, said, out } = await runCli(['--url', 'http://localhost:1/', 'health'], {
      service,
      env: { HOLDFAST_ADMIN_TOKEN: 'a-very-secret-token' },
    })
    expect(seen).toEqual(['Bearer a-very-secret-token'])
    expect(code).toBe(1)
    expect(said + out).not.toContain('a-very-secret')
  })

  it('ends with 1 when what answers is no admin API', async () => {
    const service = () => Promise.resolve(new Response('<html>', { headers: { 'content-type': 'text/html' } }))
    const { code, said } = await runCli(['--url', 'http://localhost:1/', 'stats'], { service })
    expect(code).toBe(1)
    expect(said).toContain('does not answer as an admin API')
  })
})
