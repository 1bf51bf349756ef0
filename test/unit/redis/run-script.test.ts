import { createHash } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import type { Argument, Script } from '../../../src/redis/redis.ts'
import { runScript, type ScriptClient } from '../../../src/redis/run-script.ts'

const script: Script = { name: 'test', lua: 'return 1' }
const hash = createHash('sha1').update(script.lua).digest('hex')
const noscript = Object.assign(new Error('NOSCRIPT No matching script.'), { name: 'ReplyError' })

function clientThat(evalsha: () => Promise<unknown>, evaluate: () => Promise<unknown> = async () => 'by text') {
  const sent: [command: string, ...rest: Argument[]][] = []
  const client: ScriptClient = {
    evalsha: (...rest) => {
      sent.push(['EVALSHA', ...rest])
      return evalsha()
    },
    eval: (...rest) => {
      sent.push(['EVAL', ...rest])
      return evaluate()
    },
  }
  return { client, sent }
}

describe('a script', () => {
  it('is sent by its hash, with its keys counted and then its arguments', async () => {
    const { client, sent } = clientThat(async () => [1, 'a'])
    const unknown: string[] = []
    expect(await runScript(client, script, ['k1', 'k2'], ['a', 5, Buffer.from('b')], () => unknown.push('x'))).toEqual([
      1,
      'a',
    ])
    expect(sent).toEqual([['EVALSHA', hash, 2, 'k1', 'k2', 'a', 5, Buffer.from('b')]])
    expect(unknown).toEqual([])
  })

  it('is sent once more by its text, and told, when the server does not know it', async () => {
    const { client, sent } = clientThat(() => Promise.reject(noscript))
    const unknown: string[] = []
    expect(await runScript(client, script, ['k'], ['a'], () => unknown.push('told'))).toBe('by text')
    expect(sent).toEqual([
      ['EVALSHA', hash, 1, 'k', 'a'],
      ['EVAL', script.lua, 1, 'k', 'a'],
    ])
    expect(unknown).toEqual(['told'])
  })

  it('is not sent again after any other failure, since it may have run', async () => {
    const failures: unknown[] = [
      new Error('Connection is closed.'),
      new Error('ERR NOSCRIPT inside'),
      'NOSCRIPT as a text',
    ]
    for (const failure of failures) {
      const { client, sent } = clientThat(() => Promise.reject(failure))
      const unknown: string[] = []
      await expect(runScript(client, script, [], [], () => unknown.push('told'))).rejects.toBe(failure)
      expect(sent).toHaveLength(1)
      expect(unknown).toEqual([])
    }
  })

  it('fails as its text fails', async () => {
    const oom = new Error('OOM command not allowed')
    const { client } = clientThat(
      () => Promise.reject(noscript),
      () => Promise.reject(oom),
    )
    await expect(runScript(client, script, [], [], () => undefined)).rejects.toBe(oom)
  })

  it('is told apart from another of the same name by its text', async () => {
    const { client, sent } = clientThat(async () => 1)
    await runScript(client, { name: 'test', lua: 'return 1' }, [], [], () => undefined)
    await runScript(client, { name: 'test', lua: 'return 2' }, [], [], () => undefined)
    expect(sent[0]?.[1]).toBe(hash)
    expect(sent[1]?.[1]).not.toBe(hash)
  })
})
