import { expect, it } from 'vitest'

import { run } from '../simulation/world/run.ts'
import { isStorm, STORMS } from '../simulation/world/storms.ts'

// A quarter of what test/simulation runs: every mutation that nothing notices costs all of it.

const SEEDS = 40
const SEEDS_OF_A_STORM = 5

it('breaks no promise in a simulated world', async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) expect((await run(seed)).violations, `seed ${seed}`).toEqual([])
})

it.each(Object.keys(STORMS).filter(isStorm))('breaks none in a storm of %s', async (storm) => {
  for (let seed = 1; seed <= SEEDS_OF_A_STORM; seed += 1)
    expect((await run(seed, { plan: STORMS[storm] })).violations, `seed ${seed}`).toEqual([])
})
