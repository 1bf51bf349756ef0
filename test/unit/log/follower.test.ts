import { describe, expect, it } from 'vitest'

import { gone } from '../../simulation/redis/model-fleet.ts'
import { HEAD, modelLogs, STREAM, turns, type ModelLog } from './model-log.ts'

const states = ({ told }: ModelLog) =>
  told.flatMap((event) => (event.type === 'log-state' ? [`${event.state} ${event.why}`] : []))

async function started(options = {}) {
  const fleet = modelLogs()
  const [one, two] = [fleet.open(options), fleet.open()]
  await Promise.all([one.log.started, two.log.started])
  // The tail looks again for a position to go on from.
  fleet.clock.advance(100)
  await turns(1)
  const entry = { key: 'a', tags: [], stamp: one.log.stamp() }
  return { ...fleet, one, two, entry }
}

const beats = (asked: readonly string[]): number => asked.filter((command) => command === 'log.beat').length

describe('a process that follows the log', () => {
  it('is ready once it has read the head and heard from the primary', async () => {
    const { open, answers, clock } = modelLogs()
    answers.set('log.beat', gone())
    const one = open()
    await one.log.started
    expect([states(one), one.log.stamp(), one.log.standing()]).toEqual([[], undefined, 'unreachable'])
    answers.clear()
    clock.advance(500)
    await turns()
    expect([states(one), one.log.standing()]).toEqual([['ready started'], 'heard'])
    expect(one.log.inspect()).toMatchObject({ state: 'ready', heardMsAgo: 0 })
  })

  it('hears what others invalidate by the tail at once, else by a heartbeat', async () => {
    const { one, two, entry, records, clock } = await started()
    await two.log.invalidate(['k:a'], {})
    expect(one.log.judge(entry)).toBe('fresh')
    one.bring(records())
    await turns()
    expect(one.log.judge(entry)).toBe('invalidated')
    const later = { ...entry, stamp: one.log.stamp() }
    await two.log.invalidate(['k:a'], {})
    expect(one.log.judge(later)).toBe('fresh')
    clock.advance(500)
    await turns()
    expect(one.log.judge(later)).toBe('invalidated')
    expect(states(one)).toEqual(['ready started'])
  })

  it('reads the head anew where the tail brings a record whose predecessor it lacks', async () => {
    const { one, two, entry, records } = await started()
    await two.log.invalidate(['k:a'], {})
    await two.log.invalidate(['k:b'], {})
    one.bring(records().slice(1))
    await turns()
    expect(states(one)).toEqual(['ready started', 'unready gap', 'ready resynchronised'])
    expect(one.log.judge(entry)).toBe('invalidated')
  })

  it('takes a record that it cannot read for a gap', async () => {
    const { one, records, two } = await started()
    await two.log.invalidate(['k:a'], {})
    const [record] = records()
    const unknown = record?.[1].map((field) => (field === '["k:a"]' ? 'not JSON' : field)) ?? []
    one.bring([[record?.[0] ?? '', unknown]])
    await turns()
    expect(states(one)).toEqual(['ready started', 'unready gap', 'ready resynchronised'])
  })

  it('asks again until it has all that the log had when it asked first', async () => {
    const { one, two, entry, asked } = await started({ recordsPerBeat: 2 })
    for (const key of ['b', 'c', 'd', 'e', 'a']) await two.log.invalidate([`k:${key}`], {})
    const before = beats(asked)
    await one.log.hear()
    expect([beats(asked) - before, one.log.judge(entry)]).toEqual([3, 'invalidated'])
    expect(one.log.inspect().applied).toBe(two.log.stamp()?.position)
    expect(states(one)).toEqual(['ready started'])
  })

  it('reads the head where the stream was trimmed under it, or is gone', async () => {
    const { one, two, server, entry } = await started()
    await two.log.invalidate(['k:a'], {})
    server.apply({ op: 'del', keys: [STREAM] })
    await one.log.hear()
    expect(states(one)).toEqual(['ready started', 'unready gap', 'ready resynchronised'])
    expect([one.log.judge(entry), one.log.standing()]).toEqual(['invalidated', 'heard'])
  })

  it('begins a new epoch where the server is another one, or has lost the head', async () => {
    const { one, server, entry } = await started()
    const epochs = [one.log.inspect().epoch]
    server.renewReplicationId()
    await one.log.hear()
    epochs.push(one.log.inspect().epoch)
    expect(one.log.judge(entry)).toBe('unverified')
    server.apply({ op: 'del', keys: [HEAD] })
    await one.log.hear()
    epochs.push(one.log.inspect().epoch)
    expect(new Set(epochs).size).toBe(3)
    expect(states(one)).toEqual([
      'ready started',
      'unready new-epoch',
      'ready resynchronised',
      'unready new-epoch',
      'ready resynchronised',
    ])
  })

  it('serves nothing stored while it reads the head, and names the reason again when that failed', async () => {
    const { one, server, entry, answers, clock } = await started()
    server.renewReplicationId()
    answers.set('log.scan', gone())
    await expect(one.log.hear()).rejects.toMatchObject({ code: 'ERR_HOLDFAST_STORE' })
    expect([one.log.judge(entry), one.log.stamp(), one.log.heardMsAgo()]).toEqual(['unverified', undefined, Infinity])
    expect(one.log.inspect().state).toBe('unready')
    answers.clear()
    clock.advance(500)
    await turns()
    expect(states(one)).toEqual(['ready started', 'unready new-epoch', 'ready resynchronised'])
    expect(one.log.standing()).toBe('heard')
  })

  it('gives up on a log that keeps losing its place, and says what to look at', async () => {
    const { one, server, answers, asked } = await started()
    server.renewReplicationId()
    answers.set('log.scan', ['another epoch', '0', []])
    const before = asked.length
    const hearing = one.log.hear()
    await expect(hearing).rejects.toMatchObject({
      failure: 'reply',
      message: 'The invalidation log lost its place 3 times in a row: is Redis failing over, or evicting hf:{…}:head?',
    })
    expect(asked.slice(before).filter((command) => command === 'log.scan')).toHaveLength(3)
    answers.clear()
  })

  it('gives up on a server whose every answer is of another epoch', async () => {
    const { one, answers, asked } = await started()
    const scanned = ['e1', '0', []]
    answers.set('log.beat', ['e1', '5', [], [null, null, null, null], '0'])
    answers.set('log.scan', scanned)
    await one.log.hear()
    expect(one.log.inspect()).toMatchObject({ epoch: 'e1', applied: 5 })
    // The position is never reached: nothing is brought, and nothing is in the head.
    answers.set('log.beat', ['e2', '5', [], [null, null, null, null], '0'])
    answers.set('log.scan', ['e3', '0', []])
    const before = beats(asked)
    await expect(one.log.hear()).rejects.toThrow('lost its place 3 times')
    expect(beats(asked) - before).toBe(4)
    answers.clear()
  })
})

describe('those who ask at the same time', () => {
  it('share the heartbeat that is under way', async () => {
    const { one, asked } = await started()
    const before = beats(asked)
    await Promise.all([one.log.hear(), one.log.hear(), one.log.hear()])
    expect(beats(asked) - before).toBe(1)
    await one.log.hear()
    expect(beats(asked) - before).toBe(2)
  })

  it('get one that is sent after they asked, where that is what they ask for', async () => {
    const { one, two, entry, asked } = await started()
    const before = beats(asked)
    const under = one.log.hear()
    await two.log.invalidate(['k:a'], {})
    await Promise.all([one.log.hearAnew(), one.log.hearAnew(), under])
    expect(beats(asked) - before).toBe(2)
    expect(one.log.judge(entry)).toBe('invalidated')
    await one.log.hearAnew()
    expect(beats(asked) - before).toBe(3)
  })
})

describe('heartbeats that replicas confirm', () => {
  it('are asked again when more replicas are found than were waited for', async () => {
    const { open, redis, server } = modelLogs()
    const waited: number[] = []
    const seen = (reply: unknown): never => (Array.isArray(reply) ? [...reply.slice(0, 4), '4'] : reply) as never
    const runReplicated: typeof redis.runReplicated = async (script, keys, args, replicas) => {
      waited.push(replicas)
      expect(args[4], 'something that replicas receive is written').toBe(script.name === 'log.beat' ? 1 : args[4])
      return script.name === 'log.beat' ? seen(server.run(script, keys, args)) : server.run(script, keys, args)
    }
    const one = open({ redis: { ...redis, runReplicated }, acknowledge: 'replicated' })
    await one.log.started
    expect(waited.slice(0, 2)).toEqual([1, 2])
    expect(one.log.standing()).toBe('heard')
    waited.length = 0
    await one.log.hear()
    expect(waited).toEqual([2])
  })
})
