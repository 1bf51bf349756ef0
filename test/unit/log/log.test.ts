import { describe, expect, it } from 'vitest'

import type { Judged } from '../../../src/log/log.ts'
import { gone, type ModelFleet } from '../../simulation/redis/model-fleet.ts'
import { modelLogs, turns } from './model-log.ts'

async function started(options = {}) {
  const fleet = modelLogs()
  const [one, two] = [fleet.open(options), fleet.open()]
  await Promise.all([one.log.started, two.log.started])
  return { ...fleet, log: one.log, told: one.told, other: two.log }
}

/** Redis no longer answers. */
function away({ answers }: Pick<ModelFleet, 'answers'>): void {
  for (const command of ['log.beat', 'log.append', 'log.scan']) answers.set(command, gone())
}

const entry = (given: Partial<Judged> = {}): Judged => ({ key: 'a', tags: ['t'], stamp: undefined, ...given })

describe('the verdict on an entry', () => {
  it('is fresh while the log was heard from within the bound, and unheard afterwards', async () => {
    const { log, clock, answers } = await started()
    const stored = entry({ stamp: log.stamp() })
    away({ answers })
    clock.advance(2000)
    await turns()
    expect([log.judge(stored), log.standing()]).toEqual(['fresh', 'heard'])
    clock.advance(1)
    expect([log.judge(stored), log.standing(), log.heardMsAgo()]).toEqual(['unheard', 'unreachable', 2001])
    answers.clear()
    await log.hear()
    expect([log.judge(stored), log.heardMsAgo()]).toEqual(['fresh', 0])
  })

  it('is that of the moment it is asked for', async () => {
    const { log, clock } = await started()
    const stored = entry({ stamp: log.stamp() })
    const later = { monoMs: clock.monoMs() + 2001, wallMs: clock.wallMs() + 2001 }
    expect([log.judge(stored, undefined, later), log.isFresh(stored, later)]).toEqual(['unheard', false])
    expect(log.isFresh(stored, { monoMs: clock.monoMs(), wallMs: clock.wallMs() })).toBe(true)
  })

  it('is invalidated by its key, a tag of it or everything, and by nothing else', async () => {
    const { log } = await started()
    for (const targets of [['k:b'], ['t:u']] as const) await log.invalidate(targets, {})
    for (const targets of [['k:a'], ['t:t'], 'all'] as const) {
      const stored = entry({ stamp: log.stamp() })
      expect(log.judge(stored)).toBe('fresh')
      await log.invalidate(targets, {})
      expect([log.judge(stored), log.isFresh(stored, log.now())]).toEqual(['invalidated', false])
    }
  })

  it('is unverified where its epoch has ended, or it has no stamp', async () => {
    const { log, server } = await started()
    const stored = entry({ stamp: log.stamp() })
    server.renewReplicationId()
    await log.hear()
    expect([log.judge(stored), log.judge(entry())]).toEqual(['unverified', 'unverified'])
    expect(log.isFresh(stored, log.now())).toBe(false)
  })

  it('of a strict read is fresh only when the log was heard from after it began', async () => {
    const { log } = await started()
    const stored = entry({ stamp: log.stamp() })
    const since = log.now()
    expect(log.judge(stored, since)).toBe('unheard')
    await log.hearAnew()
    expect(log.judge(stored, since)).toBe('fresh')
    const loaded = log.now()
    expect(log.judge({ ...stored, loaded }, log.now()), 'loaded before the read').toBe('unheard')
    const read = log.now()
    expect(log.judge({ ...stored, loaded: log.now() }, read), 'loaded after it').toBe('fresh')
  })
})

describe('the verdict on what this process has loaded itself', () => {
  it('is fresh while the load is younger than the bound, whatever the log does', async () => {
    const { log, clock, answers } = await started()
    away({ answers })
    clock.advance(1500)
    const own = entry({ stamp: log.stamp(), loaded: log.now() })
    clock.advance(1000)
    expect(log.judge({ ...own, loaded: undefined }), 'of another process').toBe('unheard')
    expect(log.judge(own)).toBe('fresh')
    clock.advance(1000)
    expect(log.judge(own)).toBe('fresh')
    clock.advance(1)
    expect(log.judge(own)).toBe('unheard')
  })

  it('is so without a stamp too, until this process invalidates it', async () => {
    const { open, answers, clock } = modelLogs()
    away({ answers })
    const { log } = open()
    await log.started
    const own = entry({ loaded: log.now() })
    expect(log.judge(own)).toBe('fresh')
    clock.advance(2001)
    expect(log.judge(own)).toBe('unverified')
    const next = entry({ loaded: log.now() })
    await log.invalidate(['t:other'], {})
    expect(log.judge(next)).toBe('fresh')
    await log.invalidate(['t:t'], {})
    expect([log.judge(next), log.judge(entry())]).toEqual(['invalidated', 'invalidated'])
    expect(log.judge(entry({ key: 'b', tags: [] }))).toBe('unverified')
    expect(log.judge(entry({ loaded: log.now() })), 'loaded after the call').toBe('fresh')
  })

  it('is invalidated by a call of this process that Redis has not acknowledged', async () => {
    const { log, answers } = await started()
    const before = entry({ stamp: log.stamp(), loaded: log.now() })
    answers.set('log.append', gone())
    await log.invalidate(['k:a'], {})
    expect([log.judge(before), log.isFresh(before, log.now())]).toEqual(['invalidated', false])
    const after = entry({ stamp: log.stamp(), loaded: log.now() })
    expect([log.judge(after), log.judge({ ...after, loaded: undefined })]).toEqual(['fresh', 'invalidated'])
    expect(log.isFresh({ ...after, loaded: undefined }, log.now())).toBe(false)
    answers.clear()
  })
})

describe('what a log says of itself', () => {
  it('has its state, its place, what it remembers and how long ago it heard', async () => {
    const { log, clock, answers } = await started()
    await log.invalidate(['k:a', 'g:b*'], {})
    const { epoch, position } = log.stamp() ?? {}
    away({ answers })
    clock.advance(300)
    await log.invalidate(['k:c'], {})
    expect(log.inspect()).toEqual({
      state: 'ready',
      epoch,
      applied: expect.any(Number),
      floor: 0,
      marks: 2,
      pending: 1,
      heardMsAgo: 300,
    })
    expect(log.inspect().applied).toBeLessThan(position ?? 0)
    answers.clear()
    await log.hear()
    expect(log.inspect(), 'sent, and not heard of by the log yet').toMatchObject({ pending: 0, marks: 3 })
    await log.hear()
    expect(log.inspect()).toMatchObject({ applied: log.stamp()?.position, pending: 0 })
  })

  it('says what speaks against an entry, and what of it the log still holds', async () => {
    const { log, server, answers, records } = await started()
    const stored = entry({ stamp: log.stamp() })
    const { id } = await log.invalidate(['t:t'], { by: 'ann', reason: 'a try' })
    const position = log.stamp()?.position ?? 0
    expect(log.against(stored)).toEqual([{ kind: 'mark', target: 't:t', position }])
    expect(log.against(entry())).toEqual([])
    answers.set('log.history', [...records()].reverse())
    expect(await log.history('a', ['t'])).toEqual([
      { id, atMs: position / 1000, position, targets: ['t:t'], by: 'ann', reason: 'a try' },
    ])
    expect(await log.history('a', [])).toEqual([])
    expect(server.isUp).toBe(true)
  })

  it('says that it is silent between a lease that has ended and an attempt that has failed', async () => {
    const { log, clock, redis, open } = await started()
    expect(log.standing()).toBe('heard')
    const never = new Promise<never>(() => undefined)
    let hangs = false
    const run: typeof redis.run = async (...asked) => (hangs ? never : redis.run(...asked))
    const hung = open({ redis: { ...redis, run } })
    await hung.log.started
    hangs = true
    clock.advance(2001)
    expect(hung.log.standing()).toBe('silent')
  })

  it('knows what this process invalidated since a moment', async () => {
    const { log } = await started()
    const before = log.now()
    await log.invalidate(['t:t'], {})
    expect([
      log.ownSince(before, 'a', ['t']),
      log.ownSince(before, 'a', []),
      log.ownSince(log.now(), 'a', ['t']),
    ]).toEqual([true, false, false])
  })

  it('asks anew in each epoch whether the bound holds through a failover', async () => {
    const { redis, open, server } = modelLogs()
    const answers = [
      { bound: 'held' as const },
      { bound: 'held' as const },
      { bound: 'unfenced' as const, why: 'no fence' },
    ]
    const { log } = open({
      redis: { ...redis, fence: async () => answers.shift() ?? { bound: 'unfenced', why: 'no fence' } },
    })
    await log.started
    await turns()
    expect(log.bound()).toEqual({ bound: 'held' })
    answers.length = 0
    server.renewReplicationId()
    await log.hear()
    await turns()
    expect(log.bound()).toEqual({ bound: 'unfenced', why: 'no fence' })
  })
})

describe('the switch of the fleet', () => {
  it('holds here at once and elsewhere with the next heartbeat, and is sent later where Redis was away', async () => {
    const { log, other, answers, clock, told } = await started()
    expect([log.enabled(), other.enabled()]).toEqual([true, true])
    expect(await log.switchTo(false, { by: 'ann', reason: 'a doubt' })).toEqual({ acknowledged: true })
    expect(log.enabled()).toBe(false)
    await other.hear()
    expect(other.enabled()).toBe(false)
    expect(told.filter((event) => event.type === 'switch')).toEqual([
      { type: 'switch', enabled: false, by: 'ann', reason: 'a doubt' },
    ])
    answers.set('log.switch', gone())
    answers.set('log.beat', gone())
    expect(await log.switchTo(true, {})).toEqual({ acknowledged: false })
    expect(log.enabled()).toBe(true)
    answers.clear()
    clock.advance(500)
    await turns()
    await other.hear()
    expect(other.enabled()).toBe(true)
  })
})

describe('a log that is closed', () => {
  it('asks Redis nothing more', async () => {
    const { open, clock, asked, redis } = modelLogs()
    let fences = 0
    const fence = async () => ((fences += 1), { bound: 'held' as const })
    const { log } = open({
      redis: { ...redis, fence },
      sweep: { afterMs: 5, everyMs: 10, pauseMs: 1, keysPerPage: 10 },
    })
    await log.started
    await log.close()
    const [before, fenced] = [asked.length, fences]
    clock.advance(120_000)
    await turns()
    expect([asked.length, fences]).toEqual([before, fenced])
  })

  it('was not asked to sweep, and says so', async () => {
    const { log } = await started()
    expect(await log.sweep()).toBe(false)
  })
})
