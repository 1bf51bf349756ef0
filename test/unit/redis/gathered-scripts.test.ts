import { describe, expect, it } from 'vitest'

import { StoreError } from '../../../src/base/errors.ts'
import { gatheredScripts, runTogether, type ScriptCall } from '../../../src/redis/gathered-scripts.ts'
import type { Reply, Script } from '../../../src/redis/redis.ts'

const FIRST: Script = { name: 'first', lua: 'return 1', isGathered: true }
const SECOND: Script = { name: 'second', lua: 'return 2', isGathered: true }

function gathering() {
  const sent: (readonly [name: string, calls: readonly ScriptCall[]])[] = []
  let deferred: (() => void)[] = []
  const run = gatheredScripts({
    runMany: async (script, calls) => {
      sent.push([script.name, calls])
      return calls.map(({ keys }) => `${script.name} ${keys[0] ?? ''}`)
    },
    defer: (task) => deferred.push(task),
  })
  const endTurn = (): void => {
    const tasks = deferred
    deferred = []
    for (const task of tasks) task()
  }
  return { run, sent, endTurn }
}

describe('calls of scripts', () => {
  it('of one turn leave together, script by script, and each gets its own answer', async () => {
    const { run, sent, endTurn } = gathering()
    const answers = Promise.all([
      run(FIRST, { keys: ['a'], args: [] }),
      run(SECOND, { keys: ['b'], args: [] }),
      run(FIRST, { keys: ['a'], args: [] }),
    ])
    endTurn()
    expect(await answers).toEqual(['first a', 'second b', 'first a'])
    expect(sent.map(([name, calls]) => [name, calls.length])).toEqual([
      ['first', 2],
      ['second', 1],
    ])
  })

  it('are at most 64 in one, and fewer where they carry much', async () => {
    const { run, sent, endTurn } = gathering()
    const sizes = async (count: number, args: readonly Buffer[]): Promise<number[]> => {
      sent.length = 0
      const answers = Array.from({ length: count }, (_, index) => run(FIRST, { keys: [`${index}`], args }))
      endTurn()
      await Promise.all(answers)
      return sent.map(([, calls]) => calls.length)
    }
    expect(await sizes(130, [])).toEqual([64, 64, 2])
    expect(await sizes(5, [Buffer.alloc(100_000)])).toEqual([2, 2, 1])
    expect(await sizes(2, [Buffer.alloc(1_000_000)])).toEqual([1, 1])
  })
})

describe('running calls together', () => {
  const call = (key: string): ScriptCall => ({ keys: [key, `${key}'`], args: [key.toUpperCase(), 7, 8] })

  it('asks for a single one as it is, and for several by a script around it', async () => {
    const asked: { readonly lua: string; readonly keys: readonly string[]; readonly args: readonly unknown[] }[] = []
    const together = runTogether(async ({ lua }, keys, args): Promise<Reply> => {
      asked.push({ lua, keys, args })
      return asked.length === 1 ? 5 : [5, 6]
    }, 'redis://cache')
    expect(await together(FIRST, [call('a')])).toEqual([5])
    expect(await together(FIRST, [call('a'), call('b')])).toEqual([5, 6])
    await together(FIRST, [call('c'), call('d')])
    expect(asked[0]).toEqual({ lua: FIRST.lua, ...call('a') })
    expect(asked[1]?.lua).toContain(FIRST.lua)
    expect(asked[1]?.keys).toEqual(['a', "a'", 'b', "b'"])
    expect(asked[1]?.args).toEqual([2, 3, 'A', 7, 8, 'B', 7, 8])
    expect(asked[2]?.lua).toBe(asked[1]?.lua)
    expect(await together(FIRST, [])).toEqual([])
  })

  it('makes the error of one call an error that says what failed', async () => {
    const wrongType = Object.assign(new Error('WRONGTYPE Operation against a key'), { name: 'ReplyError' })
    const replies = [5, wrongType] as unknown as Reply
    const [first, second] = await runTogether(async () => replies, 'redis://cache')(FIRST, [call('a'), call('b')])
    expect(first).toBe(5)
    expect(second).toBeInstanceOf(StoreError)
  })
})
