import { describe, expect, it } from 'vitest'

import { gone } from '../../simulation/redis/model-fleet.ts'
import { HEAD, modelLogs, turns } from './model-log.ts'

const FEW = { markLimits: { maxMarks: 4, maxGlobs: 4 } }

async function started() {
  const fleet = modelLogs()
  const [one, two] = [fleet.open(FEW), fleet.open()]
  await Promise.all([one.log.started, two.log.started])
  const fields = () => [...(fleet.server.keyspace.hash(HEAD)?.keys() ?? [])].filter((field) => !field.startsWith('@'))
  const mark = async (...keys: readonly string[]) => {
    for (const key of keys) {
      fleet.clock.advance(1)
      await one.log.invalidate([`k:${key}`], {})
    }
  }
  return { ...fleet, one, two, fields, mark }
}

describe('a fold', () => {
  it('offers nothing while nothing was folded here', async () => {
    const { one, mark, asked } = await started()
    await mark('a', 'b', 'c', 'd')
    expect([await one.log.fold(), asked.includes('log.fold')]).toEqual([false, false])
  })

  it('raises the floor for the fleet, once, and removes from the head what that stands for', async () => {
    const { one, two, mark, fields, asked, server } = await started()
    await mark('a', 'b', 'c', 'd', 'e')
    const { floor } = one.log.inspect()
    expect([floor > 0, fields()]).toEqual([true, ['k:a', 'k:b', 'k:c', 'k:d', 'k:e']])
    expect(await one.log.fold()).toBe(true)
    expect(fields()).toEqual(['k:d', 'k:e'])
    expect(server.keyspace.hash(HEAD)?.get('@floor')).toBe(String(floor))
    await two.log.hear()
    expect([two.log.inspect().floor, two.log.inspect().marks]).toEqual([floor, 2])
    const before = asked.length
    expect(await one.log.fold()).toBe(false)
    expect(asked.length, 'nothing to offer').toBe(before)
  })

  it('of what another process has folded already is refused, and prunes nothing', async () => {
    const { one, two, mark, asked } = await started()
    await mark('a', 'b', 'c', 'd', 'e')
    await two.log.invalidate('all', {})
    expect(await one.log.fold()).toBe(false)
    expect(asked.filter((command) => command === 'log.prune')).toEqual([])
    expect(asked.filter((command) => command === 'log.fold')).toHaveLength(1)
  })

  it('is offered again in another epoch', async () => {
    const { one, mark, server, asked } = await started()
    await mark('a', 'b', 'c', 'd', 'e')
    await one.log.fold()
    server.renewReplicationId()
    await one.log.hear()
    await mark('f', 'g', 'h', 'i', 'j')
    expect(one.log.inspect().floor).toBeGreaterThan(0)
    await one.log.fold()
    expect(asked.filter((command) => command === 'log.fold')).toHaveLength(2)
  })

  it('is not offered while the log is not known', async () => {
    const { one, mark, server, answers, asked } = await started()
    await mark('a', 'b', 'c', 'd', 'e')
    server.renewReplicationId()
    answers.set('log.scan', gone())
    await expect(one.log.hear()).rejects.toThrow('Redis is gone')
    expect([await one.log.fold(), asked.includes('log.fold')]).toEqual([false, false])
    answers.clear()
  })

  it('is done every ten seconds, and what it meets is told and tried again', async () => {
    const { one, mark, clock, answers, asked, fields } = await started()
    await mark('a', 'b', 'c', 'd', 'e')
    answers.set('log.fold', gone())
    clock.advance(10_000)
    await turns()
    const told = one.told.filter((event) => event.type === 'error')
    expect(told).toMatchObject([{ operation: 'fold', error: { code: 'ERR_HOLDFAST_STORE' } }])
    answers.clear()
    clock.advance(9_000)
    await turns()
    expect(asked.filter((command) => command === 'log.fold')).toHaveLength(1)
    clock.advance(1_000)
    await turns(30)
    expect(fields()).toEqual(['k:d', 'k:e'])
    await mark('f', 'g', 'h')
    await one.log.close()
    clock.advance(60_000)
    await turns()
    expect(asked.filter((command) => command === 'log.fold')).toHaveLength(2)
  })
})
