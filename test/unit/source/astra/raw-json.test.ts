import { describe, expect, it } from 'vitest'

import { elementsOf, membersOf, objectOf } from '../../../../src/source/astra/raw-json.ts'

describe('JSON taken apart', () => {
  it('gives members as the text they are', () => {
    const text = ' { "a" : 12345678901234567890.10 , "b":{"c":[1,"}"]},"d\\"":"x\\\\","e":null,"f":[] } '
    expect([...membersOf(text)]).toEqual([
      ['a', '12345678901234567890.10'],
      ['b', '{"c":[1,"}"]}'],
      ['d"', '"x\\\\"'],
      ['e', 'null'],
      ['f', '[]'],
    ])
    expect(elementsOf('[1e400, "a,]", {"b":[2]} ,true]')).toEqual(['1e400', '"a,]"', '{"b":[2]}', 'true'])
    expect([membersOf('{}').size, elementsOf('[ ]').length]).toEqual([0, 0])
  })

  it('puts members together again', () => {
    expect(objectOf(membersOf('{"x" : 1.0, "ü\\n":"\\u2028"}'))).toBe('{"x":1.0,"ü\\n":"\\u2028"}')
  })

  it.for(['', '[]', '{"a"}', '{"a":1', '{"a":1 "b":2}', '{a:1}', '{"a":}', '"a', '{"a":"'])('refuses %j', (text) => {
    expect(() => membersOf(text)).toThrow(SyntaxError)
  })
})
