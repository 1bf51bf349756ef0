import { describe, expect, it } from 'vitest'

import { pairs, printable, table } from '../../../src/cli/table.ts'

describe('a table', () => {
  it('is as wide as its cells need, with numbers to the right', () => {
    const lines = table(
      [{ title: 'KEY' }, { title: 'BYTES', align: 'right' }],
      [
        ['books:1', '9'],
        ['b', '1234567'],
      ],
    )
    expect(lines).toEqual(['KEY        BYTES', 'books:1        9', 'b        1234567'])
  })

  it('sends no control character of a key to the terminal', () => {
    const lines = table([{ title: 'KEY' }], [['a\u001b[2Jb\n\u009bc']])
    expect(lines[1]).toBe('a\\u001b[2Jb\\n\u009bc'.replace('\u009b', JSON.stringify('\u009b').slice(1, -1)))
    expect(lines.join('')).not.toContain('\u001b')
  })

  it('stands names and values side by side', () => {
    expect(
      pairs([
        ['a', '1'],
        ['long name', '2'],
      ]),
    ).toEqual(['a          1', 'long name  2'])
    expect(pairs([])).toEqual([])
  })

  it('leaves what can be printed as it is', () => {
    expect(printable('<img onerror=…> ключ 鍵')).toBe('<img onerror=…> ключ 鍵')
  })
})
