import { crc32 } from 'node:zlib'

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

  it('says why the disk refused and how many lines it could not read', async () => {
    const one = disk('nonsense\n\nmore nonsense\n')
    one.state.refuses = true
    const events = createEmitter<HoldfastEvent>()
    const told: HoldfastEvent[] = []
    events.on((event) => told.push(event))
    const journal = openJournal({ file: one.file(), events, defer: (task) => void setImmediate(task) })
    await journal.keep(entry('a'))
    expect(told).toMatchObject([
      {
        type: 'error',
        operation: 'journal',
        error: { message: '2 lines of the journal cannot be read and were passed over' },
      },
      { error: { message: 'The journal cannot be written: no space left', cause: { code: 'ENOSPC' } } },
      { error: { message: 'The journal cannot be written: no space left' } },
    ])
  })

  it('throws what is not a refusal of the disk: a mistake in the code is not passed over', async () => {
    const file: JournalFile = { ...disk().file(), append: () => Promise.reject(new TypeError('a mistake')) }
    const journal = openJournal({ file, events: createEmitter<HoldfastEvent>(), defer: () => undefined })
    await expect(journal.keep(entry('a'))).rejects.toThrow('a mistake')
    const odd: JournalFile = { ...file, append: () => Promise.reject({ code: 'ODD' }) }
    const other = openJournal({ file: odd, events: createEmitter<HoldfastEvent>(), defer: () => undefined })
    await expect(other.keep(entry('a'))).rejects.toEqual({ code: 'ODD' })
  })

  it('holds ten thousand lines and eight megabytes, and one for everything past that', async () => {
    const one = disk()
    const { journal } = journalOn(one)
    await Promise.all(Array.from({ length: 10_000 }, (_, index) => journal.keep(entry(`${index}`))))
    expect(journalOn(one).journal.left).toHaveLength(10_000)
    await journal.keep(entry('last'))
    expect(journalOn(one).journal.left).toEqual([
      { id: 'last-all', targets: 'all', by: '', reason: 'the journal was full' },
    ])
    const large = disk()
    const third = journalOn(large).journal
    const text = 'x'.repeat(2_000_000)
    for (const id of ['a', 'b', 'c', 'd']) await third.keep(entry(id, [`k:${text}`]))
    expect(journalOn(large).journal.left).toHaveLength(4)
    await third.keep(entry('e', [`k:${text}`]))
    expect(journalOn(large).journal.left).toMatchObject([{ id: 'e-all' }])
  })

  it('counts what an earlier process left, and writes nothing where there is nothing to remove', async () => {
    const one = disk()
    const before = journalOn(one).journal
    await Promise.all(Array.from({ length: 9_999 }, (_, index) => before.keep(entry(`${index}`))))
    const { journal } = journalOn(one)
    await journal.keep(entry('the ten thousandth'))
    expect(journalOn(one).journal.left).toHaveLength(10_000)
    await journal.keep(entry('one more'))
    expect(journalOn(one).journal.left).toHaveLength(1)
    await journal.clear()
    one.state.text = 'of somebody else'
    await journal.clear()
    expect(one.state.text).toBe('of somebody else')
  })

  it('closes its file, after what is being written', async () => {
    const did: string[] = []
    const file: JournalFile = {
      text: '',
      append: async () => {
        await new Promise(setImmediate)
        did.push('written')
      },
      replace: async () => undefined,
      close: async () => void did.push('closed'),
    }
    const journal = openJournal({ file, events: createEmitter<HoldfastEvent>(), defer: () => undefined })
    void journal.keep(entry('a'))
    await journal.close()
    expect(did).toEqual(['written', 'closed'])
  })

  it.each([
    ['nothing', 'null'],
    ['a text', '"k:a"'],
    ['cut off', '{"id":"a"'],
    ['an id that is none', JSON.stringify({ ...entry('a'), id: 7 })],
    ['a reason that is none', JSON.stringify({ ...entry('a'), reason: undefined })],
    ['targets that are none', JSON.stringify({ ...entry('a'), targets: 'everything' })],
    ['a target that is none', JSON.stringify({ ...entry('a'), targets: ['k:a', 'x:a'] })],
    ['a target that only holds one', JSON.stringify({ ...entry('a'), targets: ['at k:a'] })],
  ])('passes over a line with a right checksum and %s in it', (_what, text) => {
    const line = `${crc32(text).toString(16).padStart(8, '0')} ${text}\n`
    expect(journalOn(disk(line)).journal.left).toEqual([])
  })
})
