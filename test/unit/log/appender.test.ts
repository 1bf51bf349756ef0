import { describe, expect, it } from 'vitest'

import type { Journal, Journaled } from '../../../src/log/journal.ts'
import { gone } from '../../simulation/redis/model-fleet.ts'
import { modelLogs, turns, type ModelLog } from './model-log.ts'

/** A journal in memory. */
function journalOf(left: readonly Journaled[] = []) {
  const did: string[] = []
  const journal: Journal = {
    left,
    keep: async ({ id, targets }) => void did.push(`keep ${id} ${String(targets)}`),
    clear: async () => void did.push('clear'),
    close: async () => void did.push('close'),
  }
  return { journal, did }
}

const invalidations = ({ told }: ModelLog) => told.filter((event) => event.type === 'invalidation')
const errors = ({ told }: ModelLog) =>
  told.flatMap((event) => (event.type === 'error' ? [`${event.operation} ${event.error.code}`] : []))

describe('an invalidation that Redis acknowledges', () => {
  it('is a record that names it, is told, and is pending no longer', async () => {
    const { open, records } = modelLogs()
    const one = open()
    await one.log.started
    const { id, ...result } = await one.log.invalidate(['k:a', 't:b'], { by: 'ann', reason: 'a try' })
    expect(result).toEqual({ acknowledged: true, queued: false })
    const [record] = records()
    expect(record?.[1]).toEqual(
      expect.arrayContaining(['kind', 'mark', 'targets', '["k:a","t:b"]', 'id', id, 'by', 'ann', 'reason', 'a try']),
    )
    expect(invalidations(one)).toEqual([
      { type: 'invalidation', id, kinds: ['key', 'tag'], acknowledged: true, by: 'ann', reason: 'a try' },
    ])
    expect(one.log.inspect()).toMatchObject({ pending: 0, marks: 2 })
  })

  it('of everything names nothing, and leaves out what was not said of it', async () => {
    const { open, records } = modelLogs()
    const one = open()
    await one.log.started
    const { id } = await one.log.invalidate('all', {})
    expect(records()[0]?.[1]).toEqual(expect.arrayContaining(['kind', 'all', 'targets', '[]', 'by', '', 'reason', '']))
    expect(invalidations(one)).toEqual([{ type: 'invalidation', id, kinds: ['all'], acknowledged: true }])
    expect(one.log.inspect().floor).toBe(one.log.stamp()?.position)
  })

  it('waits for replicas where that is asked for', async () => {
    const { open, redis, server } = modelLogs()
    const asked: (number | undefined)[] = []
    const runReplicated: typeof redis.runReplicated = async (script, keys, args, replicas) => {
      asked.push(replicas)
      return server.run(script, keys, args)
    }
    const one = open({ redis: { ...redis, runReplicated } })
    await one.log.started
    await one.log.invalidate(['k:a'], {})
    expect(asked).toEqual([])
    await one.log.invalidate(['k:a'], { acknowledge: 'replicated' })
    expect(asked).toEqual([1])
    const strict = open({ redis: { ...redis, runReplicated }, acknowledge: { replicas: 2 } })
    await strict.log.started
    asked.length = 0
    await strict.log.invalidate(['k:a'], {})
    expect(asked).toEqual([2])
  })
})

describe('an invalidation that Redis does not acknowledge', () => {
  it('holds here at once, is told and kept, and is sent with the next heartbeat that is answered', async () => {
    const { open, answers, clock, records } = modelLogs()
    const { journal, did } = journalOf()
    const [one, two] = [open({ journal }), open()]
    await Promise.all([one.log.started, two.log.started])
    const entry = { key: 'a', tags: [], stamp: one.log.stamp() }
    did.length = 0
    answers.set('log.append', gone())
    answers.set('log.beat', gone())
    const { id, ...result } = await one.log.invalidate(['k:a'], { by: 'ann', reason: 'a try' })
    expect(result).toEqual({ acknowledged: false, queued: true })
    expect(errors(one)).toEqual(['append ERR_HOLDFAST_STORE'])
    expect([did, one.log.judge(entry), one.log.inspect().pending]).toEqual([[`keep ${id} k:a`], 'invalidated', 1])
    clock.advance(500)
    await turns()
    expect([records(), did.length]).toEqual([[], 1])
    answers.clear()
    clock.advance(500)
    await turns()
    expect(records()).toHaveLength(1)
    expect(did).toEqual([`keep ${id} k:a`, 'clear'])
    expect(invalidations(one)).toEqual([
      { type: 'invalidation', id, kinds: ['key'], acknowledged: false, by: 'ann', reason: 'a try' },
      { type: 'invalidation', id, kinds: ['key'], acknowledged: true, by: 'ann', reason: 'a try' },
    ])
    expect([one.log.judge(entry), one.log.inspect().pending]).toEqual(['invalidated', 0])
    clock.advance(500)
    await turns()
    expect(two.log.judge(entry)).toBe('invalidated')
  })

  it('is sent before its process serves from Redis, sixty-four at once and none forgotten', async () => {
    const { open, answers, clock, records, redis } = modelLogs()
    let [underWay, most] = [0, 0]
    const run: typeof redis.run = async (script, keys, args) => {
      const isAppend = script.name === 'log.append'
      underWay += isAppend ? 1 : 0
      most = Math.max(most, underWay)
      if (isAppend) await new Promise(setImmediate)
      underWay -= isAppend ? 1 : 0
      return redis.run(script, keys, args)
    }
    const one = open({ redis: { ...redis, run } })
    await one.log.started
    answers.set('log.append', gone())
    for (let count = 0; count < 150; count += 1) await one.log.invalidate([`k:${count}`], {})
    answers.clear()
    most = 0
    clock.advance(500)
    await turns(20)
    expect([records().length, most, one.log.inspect().pending]).toEqual([150, 64, 0])
  })

  it('of an earlier process is sent first of all', async () => {
    const { open, records } = modelLogs()
    const { journal, did } = journalOf([{ id: 'of before', targets: ['k:a'], by: 'ann', reason: 'a try' }])
    const one = open({ journal })
    await one.log.started
    expect(records()[0]?.[1]).toEqual(expect.arrayContaining(['id', 'of before', 'by', 'ann', 'reason', 'a try']))
    expect(did).toEqual(['clear'])
    await one.log.close()
    expect(did).toEqual(['clear', 'close'])
  })

  it('is told once, however often it was sent', async () => {
    const { open, clock, redis, records } = modelLogs()
    const held: (() => void)[] = []
    let holds = true
    const run: typeof redis.run = async (script, keys, args) => {
      if (script.name === 'log.append' && holds) await new Promise<void>((resolve) => held.push(resolve))
      return redis.run(script, keys, args)
    }
    const one = open({ redis: { ...redis, run } })
    await one.log.started
    const call = one.log.invalidate(['k:a'], {})
    clock.advance(500)
    await turns()
    expect(held, 'the call, and the heartbeat’s flush').toHaveLength(2)
    holds = false
    for (const release of held) release()
    expect(await call).toMatchObject({ acknowledged: true })
    await turns()
    expect([invalidations(one).length, records().length]).toEqual([1, 2])
  })

  it('is no excuse for a mistake in the code: that is thrown', async () => {
    const { open, answers } = modelLogs()
    const { journal, did } = journalOf()
    const one = open({ journal })
    await one.log.started
    answers.set('log.append', new TypeError('a mistake'))
    await expect(one.log.invalidate(['k:a'], {})).rejects.toThrow('a mistake')
    expect([did, invalidations(one)]).toEqual([['clear'], []])
    answers.clear()
  })
})

describe('an invalidation that another epoch acknowledged', () => {
  it('stays pending here until that epoch is known, and begins to learn it at once', async () => {
    const { open, server } = modelLogs()
    const one = open()
    await one.log.started
    const entry = { key: 'a', tags: [], stamp: one.log.stamp() }
    const before = one.log.inspect().epoch
    server.renewReplicationId()
    expect(await one.log.invalidate(['k:a'], {})).toMatchObject({ acknowledged: true })
    expect(one.log.judge(entry)).not.toBe('fresh')
    await turns()
    expect(one.log.inspect()).toMatchObject({ state: 'ready', pending: 0 })
    expect(one.log.inspect().epoch).not.toBe(before)
    const since = { ...entry, stamp: one.log.stamp() }
    expect(one.log.judge(since), 'no heartbeat of this epoch was answered yet').toBe('unheard')
    await one.log.hear()
    expect([one.log.judge(since), one.log.judge(entry)]).toEqual(['fresh', 'unverified'])
  })
})

describe('a set', () => {
  it('gets a stamp of its own where nothing of its entry was marked since it was called', async () => {
    const { open } = modelLogs()
    const one = open()
    await one.log.started
    const before = one.log.stamp()
    const { stamp, ...result } = await one.log.supersede('a', ['t'], before, { by: 'ann' })
    expect(result).toMatchObject({ acknowledged: true, queued: false })
    expect(stamp).toEqual(one.log.stamp())
    expect(one.log.judge({ key: 'a', tags: ['t'], stamp })).toBe('fresh')
    expect(one.log.judge({ key: 'a', tags: ['t'], stamp: before })).toBe('invalidated')
  })

  it.each([
    ['its key', ['k:a']],
    ['a tag of it', ['t:t']],
    ['a glob, whatever it matches', ['g:z*']],
    ['everything', 'all'],
  ] as const)('gets none where another process has marked %s meanwhile', async (_what, targets) => {
    const { open } = modelLogs()
    const [one, two] = [open(), open()]
    await Promise.all([one.log.started, two.log.started])
    const before = one.log.stamp()
    await two.log.invalidate(targets, {})
    const result = await one.log.supersede('a', ['t'], before, {})
    expect(result).toEqual({ id: result.id, acknowledged: true, queued: false })
  })

  it('gets none where it had no stamp, or Redis did not answer', async () => {
    const { open, answers } = modelLogs()
    const one = open()
    await one.log.started
    const unstamped = await one.log.supersede('a', [], undefined, {})
    expect(unstamped).toEqual({ id: unstamped.id, acknowledged: true, queued: false })
    answers.set('log.append', gone())
    const queued = await one.log.supersede('a', [], one.log.stamp(), {})
    expect(queued).toEqual({ id: queued.id, acknowledged: false, queued: true })
    answers.clear()
  })
})
