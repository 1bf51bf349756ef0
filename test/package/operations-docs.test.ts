import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { findProgram } from '../../src/testing/find-redis.ts'
import { obtainRedis } from '../../src/testing/index.ts'
import { root, temporaryFolder } from './support/clone.ts'
import { compose } from './support/compose.ts'
import { deployment, examples } from './support/redis-examples.ts'

const execute = promisify(execFile)

const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')

let page: string

beforeAll(async () => {
  page = await read('docs/operations/redis.md')
})

interface Block {
  readonly language: string
  readonly text: string
  /** The example file that the text before it linked to last. */
  readonly file: string | undefined
}

/** The page's blocks of code. Those in TypeScript are compiled elsewhere. */
function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .map(({ 1: language = '', 2: code = '', index }) => {
      const links = [...text.slice(0, index).matchAll(/\]\(\.\.\/\.\.\/examples\/redis\/([\w.-]+)\)/g)]
      return { language, text: code, file: links.at(-1)?.[1] }
    })
    .filter(({ language }) => language !== 'ts')
}

/** The page shows a part of a file without the indentation that it has there. */
function unindented(text: string): string {
  return text.replaceAll(/^ +/gm, '')
}

/** The texts between quotes in a declaration. */
function literalsOf(source: string, declaration: RegExp): readonly string[] {
  const [text = ''] = declaration.exec(source) ?? []
  return [...text.matchAll(/'([a-z-]+)'/g)].map(([, literal = '']) => literal)
}

describe('docs/operations/redis.md', () => {
  it('shows nothing that is not in the example file that it names', async () => {
    const blocks = blocksOf(page)
    expect(blocks.length).toBeGreaterThan(8)
    for (const { text, file } of blocks) {
      const example = await readFile(join(examples, file ?? 'none'), 'utf8')
      expect(unindented(example), `a block after the link to ${file}`).toContain(unindented(text))
    }
  })

  it('names every example file', async () => {
    const entries = await readdir(examples, { withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
    expect(files.length).toBeGreaterThan(7)
    expect(files.filter((file) => !page.includes(`examples/redis/${file})`))).toEqual([])
  })

  it('says what each event, failure, state and warning means', async () => {
    const events = await read('src/redis/events.ts')
    const types = [...events.matchAll(/type: '([a-z-]+)'/g)].map(([, type = '']) => type)
    const failures = literalsOf(await read('src/base/errors.ts'), /type FailureKind =[^;]*?\n\n/)
    const states = literalsOf(events, /state: 'unknown'[^\n]*/)
    expect([types.length, failures.length, states.length]).toEqual([6, 14, 4])
    expect([...types, ...failures, ...states].filter((word) => !page.includes(`| \`${word}\``))).toEqual([])

    const warnings = [...(await read('src/redis/health.ts')).matchAll(/push\(\s*['`]([^'`]+)['`]/g)]
    const beginnings = warnings.map(([, sentence = '']) => sentence.split(/[:$]/)[0]?.trim() ?? '')
    expect(beginnings).toHaveLength(3)
    expect(beginnings.filter((beginning) => !page.includes(`| ${beginning}`))).toEqual([])
  })
})

describe('the compose files', () => {
  it('name the services of the page, each with a command and the files that passwords.sh makes', async () => {
    await using deployed = await deployment()
    const made = await readdir(join(deployed.path, 'secrets'))
    const files = await Promise.all(['docker-compose.yml', 'compose.sentinel.yml'].map(compose))
    expect(files.map(({ services }) => Object.keys(services))).toEqual([
      ['redis', 'redis-sessions'],
      ['redis-1', 'redis-2', 'redis-3', 'sentinel-1', 'sentinel-2', 'sentinel-3'],
    ])
    const services = files.flatMap((file) => Object.values(file.services))
    expect(services.filter(({ image, command }) => image !== 'redis:7.2' || command.length < 3)).toEqual([])
    const mounted = services.flatMap(({ volumes }) => volumes).filter((volume) => volume.startsWith('./'))
    expect(mounted.length).toBeGreaterThan(8)
    expect(mounted.filter((volume) => !made.includes(/^\.\/secrets\/([^:]+):/.exec(volume)?.[1] ?? ''))).toEqual([])
  })

  it('fences each server of the sentinels, and makes two of them replicas', async () => {
    const { services } = await compose('compose.sentinel.yml')
    const servers = ['redis-1', 'redis-2', 'redis-3'].map((name) => (services[name]?.command ?? []).join(' '))
    expect(servers.filter((command) => command.includes('--min-replicas-to-write 1'))).toHaveLength(3)
    expect(servers.map((command) => command.includes('--replicaof redis-1 6379'))).toEqual([false, true, true])
  })
})

describe('holdfast-redis.service', () => {
  it('is a unit that systemd takes', async () => {
    const unit = await readFile(join(examples, 'holdfast-redis.service'), 'utf8')
    expect([...unit.matchAll(/^\[(\w+)\]$/gm)].map(([, section]) => section)).toEqual(['Unit', 'Service', 'Install'])
    expect(unit.split('\n').filter((line) => line !== '' && !/^(#.*|\[\w+\]|\w+=.*)$/.test(line))).toEqual([])
    expect(await systemdComplaints(unit)).toBe('')
  })

  it('and its memory is half as much again as the maxmemory of redis.conf', async () => {
    const unit = await readFile(join(examples, 'holdfast-redis.service'), 'utf8')
    const conf = await readFile(join(examples, 'redis.conf'), 'utf8')
    const [, limit] = /^MemoryMax=(\d+)M$/m.exec(unit) ?? []
    const [, maxmemory] = /^maxmemory (\d+)mb$/m.exec(conf) ?? []
    expect(Number(limit)).toBe(1.5 * Number(maxmemory))
  })
})

/** What systemd-analyze says of a unit; nothing where there is none. */
async function systemdComplaints(unit: string): Promise<string> {
  const analyze = await findProgram(['systemd-analyze'])
  if (analyze === undefined) return ''
  const folder = await temporaryFolder()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  const path = join(folder.path, 'holdfast-redis.service')
  // Where this machine has the program.
  await writeFile(path, unit.replace('/usr/bin/redis-server', (await obtainRedis()).path))
  const { stdout, stderr } = await execute(analyze, ['verify', '--man=no', path])
  return stdout + stderr
}
