import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { readFound } from '../../scripts/proof/found.ts'
import { proofPage } from '../../scripts/proof/page.ts'
import { controls } from '../simulation/controls/controls.ts'
import { root } from './support/clone.ts'

// The formatter pads the cells of a table.
const unpadded = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---').trim()

describe('the page of the proof', () => {
  it('says what the kept results do', async () => {
    const page = await readFile(join(root, 'docs/reference/proof.md'), 'utf8')
    expect(unpadded(page)).toBe(unpadded(proofPage(await readFound(root))))
  })

  it('is of runs in which nothing was broken, and in which each control of today was noticed', async () => {
    const found = await readFound(root)
    const simulated = [found.seeds, ...Object.values(found.seeds.storms)]
    expect(simulated.flatMap(({ violating }) => violating)).toEqual([])
    expect(found.seeds.seeds).toBeGreaterThanOrEqual(10_000)
    expect(found.real.map(({ topology, violations }) => [topology, violations])).toEqual([
      ['standalone', 0],
      ['sentinel', 0],
      ['cluster', 0],
    ])
    expect(found.lacking.filter(([, { violations }]) => violations === 0)).toEqual([])
    expect(found.controls.filter(({ isAsExpected }) => isAsExpected).map(({ name }) => name)).toEqual(
      controls.map(({ name }) => name),
    )
  })
})
