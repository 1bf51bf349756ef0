import { describe, expect, it } from 'vitest'

import { interpolate, isTemplate } from '../../../src/config/interpolate.ts'

const values: Readonly<Record<string, string>> = { HOST: 'cache', EMPTY: '', PASS: 'a"b$${HOST}${HOST}' }
const fill = (template: string) => interpolate(template, (name) => values[name])

describe('a text with variables', () => {
  it.each([
    ['${HOST}', 'cache'],
    ['a-${HOST}-${HOST}.b', 'a-cache-cache.b'],
    ['${EMPTY}', ''],
    ['${HOST:-other}', 'cache'],
    ['${NONE:-other:-a?}', 'other:-a?'],
    ['${EMPTY:-other}', 'other'],
    ['${NONE:-}', ''],
    ['${HOST:?is needed}', 'cache'],
    ['$${HOST}', '${HOST}'],
    ['$$${HOST}', '$${HOST}'],
    ['$HOST costs 5$ }', '$HOST costs 5$ }'],
  ])('%s becomes %s', (template, text) => {
    expect(fill(template)).toEqual({ text, complaints: [] })
  })

  it('is not looked through again once a value is in', () => {
    expect(fill('${PASS}').text).toBe('a"b$${HOST}${HOST}')
  })

  it('names every variable that is not set', () => {
    const { text, complaints } = fill('${A}${HOST}${B}')
    expect(text).toBeUndefined()
    expect(complaints.map(({ what }) => what)).toEqual([
      'needs the variable A, which is not set',
      'needs the variable B, which is not set',
    ])
    expect(complaints.map(({ variable }) => variable)).toEqual(['A', 'B'])
  })

  it('says why a variable is needed, also when it is empty', () => {
    expect(fill('${EMPTY:?ask the DBA}').complaints[0]?.what).toBe(
      'needs the variable EMPTY, which is empty: ask the DBA',
    )
    expect(fill('${NONE:?}').complaints[0]?.what).toBe('needs the variable NONE, which is not set')
  })

  it.each(['${', '${HOST', '${}', '${1A}', '${HOST-x}', '${A:-${HOST}}', '${A:+x}'])('refuses %s', (template) => {
    expect(fill(template).text).toBeUndefined()
    expect(fill(template).complaints).toMatchObject([{ what: 'has a ${ that begins no variable' }])
  })

  it('comes to nothing, without a complaint, when a variable has been complained of elsewhere', () => {
    expect(interpolate('${A}', () => null)).toEqual({ text: undefined, complaints: [] })
  })

  it('is told from one without', () => {
    expect(isTemplate('a${B}')).toBe(true)
    expect(isTemplate('$B {C}')).toBe(false)
  })
})
