import { describe, expect, it } from 'vitest'

import { startFleet, summary, type RunResult, type StalenessFleet } from '../support/staleness/fleet.ts'

// The same check, for as long as wanted and with other seeds: npm run staleness -- --runs 200 --seed 1
const RUNS = 10

async function runs(fleet: StalenessFleet, firstSeed: number, count: number): Promise<readonly RunResult[]> {
  const results: RunResult[] = []
  for (let seed = firstSeed; seed < firstSeed + count; seed += 1) results.push(await fleet.run({ seed }))
  return results
}

describe('the promise: no read that begins later than the bound after an acknowledged invalidation serves what it covers', () => {
  it(`holds for four processes in ${RUNS} runs full of trouble, strictly for strict reads and at once for the process that invalidated`, async () => {
    await using fleet = await startFleet()
    const results = await runs(fleet, 1, RUNS)
    process.stdout.write(`${summary(results)}\n`)
    for (const { seed, violations, traces, errors } of results) {
      expect(violations.length, `seed ${seed}\n${traces.join('\n')}`).toBe(0)
      expect(errors, `seed ${seed}: no call is rejected because Redis fails`).toEqual([])
    }
    // A check that met nothing would say nothing.
    expect(results.some(({ behind }) => behind.length > 0)).toBe(true)
    expect(results.every(({ reads, acknowledged }) => reads > 0 && acknowledged > 0)).toBe(true)
  }, 120_000)

  it.each([
    ['a failover by sentinels', 'sentinel', 2],
    ['a cluster', 'cluster', 2],
  ] as const)(
    'holds on %s',
    async (_name, topology, count) => {
      await using fleet = await startFleet(topology)
      const results = await runs(fleet, 1, count)
      process.stdout.write(`${topology}: ${summary(results)}\n`)
      for (const { seed, violations, traces, errors } of results) {
        expect(violations.length, `seed ${seed}\n${traces.join('\n')}`).toBe(0)
        expect(errors, `seed ${seed}: no call is rejected because Redis fails`).toEqual([])
      }
      expect(results.every(({ reads, acknowledged }) => reads > 0 && acknowledged > 0)).toBe(true)
      expect(results.some(({ faults }) => faults.length > 0)).toBe(true)
    },
    180_000,
  )

  describe('this check can fail: it', () => {
    it('finds cache-aside, as it is usually written, to break the promise', async () => {
      await using fleet = await startFleet()
      const { violations } = await fleet.run({ seed: 1, subject: 'cache-aside' })
      expect(violations.filter(({ rule }) => rule === 'bound').length).toBeGreaterThan(0)
    }, 60_000)

    it('notices when the one rule is taken out', async () => {
      await using fleet = await startFleet('standalone', 'rule')
      expect((await fleet.run({ seed: 1 })).violations.length).toBeGreaterThan(0)
    }, 60_000)

    it('notices when two primaries take writes at once, which is why min-replicas-to-write is assumed', async () => {
      await using fleet = await startFleet('sentinel-unfenced')
      const results: RunResult[] = []
      // An old primary that is soon told of the new one harms nobody.
      const isBroken = (): boolean => results.some(({ violations }) => violations.length > 0)
      for (let seed = 1; seed <= 8 && !isBroken(); seed += 1) results.push(await fleet.run({ seed }))
      expect(isBroken()).toBe(true)
    }, 180_000)
  })
})
