import { describe, expect, it } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import type { HoldfastEvent } from '../../../src/base/events.ts'
import { openJournal, type Journaled, type JournalFile } from '../../../src/log/journal.ts'

/** A file in memory, on a disk that may refuse. */
function disk(text = '') {
  const state = { text, appends: 0, refuses: false }
  const write = async (next: string): Promise<void> => {
    await new Promise(setImmediate)
    if (state.refuses) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    state.text = next
  }
  const file = (): JournalFile => ({
    text: state.text,
    append: (more) => ((state.appends += 1), write(state.text + more)),
    replace: write,
    close: async () => undefined,
  })
  return { state, file }
}

function journalOn({ file }: ReturnType<typeof disk>) {
  const events = createEmitter<HoldfastEvent>()
  const told: string[] = []
  events.on((event) => event.type === 'error' && told.push(event.error.code))
  return { journal: openJournal({ file: file(), events, defer: (task) => void setImmediate(task) }), told }
}

const entry = (id: string, targets: Journaled['targets'] = [`k:${id}`]): Journaled => ({
  id,
  targets,
  by: 'ann',
  reason: 'a "reason"\nof two lines',
})

describe('the journal', () => {
  it('gives the next process what the last one kept', async () => {
    const one = disk()
    const { journal } = journalOn(one)
    await journal.keep(entry('a'))
    await journal.keep(entry('b', 'all'))
    expect(journalOn(one).journal.left).toEqual([entry('a'), entry('b', 'all')])
  })

  it('writes at once what gathers while it writes', async () => {
    const one = disk()
    const { journal } = journalOn(one)
    await Promise.all(Array.from({ length: 100 }, (_, index) => journal.keep(entry(`k${index}`))))
    expect(one.state.appends).toBeLessThan(4)
    expect(journalOn(one).journal.left).toHaveLength(100)
  })

  it('is empty once nothing is queued any more', async () => {
    const one = disk()
    const { journal } = journalOn(one)
    await journal.keep(entry('a'))
    await journal.clear()
    expect(one.state.text).toBe('')
  })

  it.each([
    ['cut off', (text: string) => text.slice(0, -9)],
    ['damaged', (text: string) => text.replace('k:b', 'k:c')],
    ['of something else', (text: string) => text.replace(/^.*k:b.*$/m, 'something else')],
  ])('passes over a line that is %s, tells it, and goes on after it', async (_what, damage) => {
    const one = disk()
    const before = journalOn(one).journal
    for (const id of ['a', 'b']) await before.keep(entry(id))
    one.state.text = damage(one.state.text)
    const { journal, told } = journalOn(one)
    expect(journal.left).toEqual([entry('a')])
    await journal.keep(entry('d'))
    expect(told).toEqual(['ERR_HOLDFAST_JOURNAL'])
    expect(journalOn(one).journal.left).toEqual([entry('a'), entry('d')])
  })

  it('becomes one invalidation of everything when it would grow too large', async () => {
    const one = disk()
    const { journal } = journalOn(one)
    for (let at = 0; at < 10_001; at += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => journal.keep(entry(`${at + index}`))))
    }
    expect(journalOn(one).journal.left[0]).toMatchObject({ targets: 'all' })
    expect(one.state.text.length).toBeLessThan(20_000)
    await journal.keep(entry('large', [`k:${'x'.repeat(9_000_000)}`]))
    expect(journalOn(one).journal.left).toMatchObject([{ targets: 'all' }])
    expect(one.state.text.length).toBeLessThan(1000)
  })

  it('tells when the disk refuses, and goes on without it', async () => {
    const one = disk()
    const { journal, told } = journalOn(one)
    one.state.refuses = true
    await journal.keep(entry('a'))
    expect(told).toEqual(['ERR_HOLDFAST_JOURNAL'])
    one.state.refuses = false
    await journal.keep(entry('b'))
    expect(journalOn(one).journal.left).toEqual([entry('b')])
  })
})
