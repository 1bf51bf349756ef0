/** The guide's steps as a reader runs them: the service in one terminal, the commands in a shell beside it. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { describe, expect, it, onTestFinished } from 'vitest'

import { privateRedis } from '../../src/testing/index.ts'
import { ROOT, start } from './support/npm-start.ts'

const execute = promisify(execFile)

interface Block {
  readonly language: string
  readonly text: string
}

async function blocksOf(page: string): Promise<readonly Block[]> {
  const text = await readFile(join(ROOT, 'docs/guide', page), 'utf8')
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(({ 1: language = '', 2: code = '' }) => {
    return { language, text: code }
  })
}

/** Without times, which differ. */
function timeless(text: string): string {
  return text
    .replaceAll(/dur=\d+\.\d+/g, 'dur=#')
    .replaceAll(/\d+\.\d+ ms/g, '# ms')
    .trim()
}

describe('docs/guide/walkthrough.md', () => {
  it('can be followed: each command prints what the page says', async () => {
    const [first, ...rest] = await blocksOf('walkthrough.md')
    const [, settings = ''] = /^(.*) npm start$/m.exec(first?.text ?? '') ?? []
    const environment = Object.fromEntries(settings.split(' ').map((pair) => pair.split('=')))
    const service = await start(environment)
    const [, origin = ''] = await service.printed(/listens at (http:\S+)/)
    await service.printed(/The cache is warm/)
    // The page of the service is what warms the counts: a reader has looked at it by now.
    await fetch(origin)

    const commands = rest.filter(({ language }) => language === 'sh').map(({ text }) => text)
    const expected = rest.filter(({ language }) => language === 'text').map(({ text }) => text)
    expect(commands.length).toBeGreaterThan(8)
    const script = ['set -u', ...commands].join('\n').replaceAll('http://127.0.0.1:3000', origin)
    const { stdout } = await execute('bash', ['-c', script])
    expect(timeless(stdout)).toBe(timeless(expected.join('')))

    service.interrupt()
    expect(await service.ended).toMatchObject({ exitCode: 0 })
  })
})

describe('docs/guide/quick-start.md', () => {
  it('has a program that prints what the page says', async () => {
    const blocks = await blocksOf('quick-start.md')
    const program = blocks.find(({ language }) => language === 'ts')?.text ?? ''
    const expected = blocks.find(({ language }) => language === 'text')?.text ?? ''
    await using redis = await privateRedis()
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-quick-start-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    await writeFile(join(folder, 'program.ts'), program)
    const node = join(ROOT, 'node_modules/.bin/node')
    const { stdout } = await execute(node, ['--conditions=holdfast-source', 'program.ts'], {
      cwd: folder,
      env: { ...process.env, REDIS_URL: redis.url },
    })
    expect(timeless(stdout)).toBe(timeless(expected))
  })
})
