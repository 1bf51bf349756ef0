import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { controls } from './controls/controls.ts'
import { replaceOnce } from './controls/patched-source.ts'
import { runSeeds } from './workers.ts'

// All of them run in `npm run simulate`; here those that are noticed soonest, and that every one still fits the source.

const root = `${import.meta.dirname}/../..`
const quick = ['rule', 'joiner', 'own-marks', 'tombstone', 'pending-covers']

describe('a protection that is taken out', () => {
  it.each(controls.map((control) => [control.name, control] as const))('%s: is text of the source', (name, control) => {
    const texts = new Map<string, string>()
    for (const change of control.changes) {
      const text = texts.get(change.file) ?? readFileSync(`${root}/${change.file}`, 'utf8')
      texts.set(change.file, replaceOnce(text, change, name))
    }
    expect(texts.size).toBeGreaterThan(0)
  })

  it.each(quick)('%s: is noticed by the oracle within 20 seeds', async (control) => {
    const { violating } = await runSeeds({ first: 1, count: 20, workers: 1, control, stopAfter: 1 })
    expect(violating.length).toBe(1)
  })
})
