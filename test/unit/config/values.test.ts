import { rootCertificates } from 'node:tls'

import * as v from 'valibot'
import { describe, expect, it } from 'vitest'

import * as value from '../../../src/config/values.ts'

const problemsOf = (schema: v.GenericSchema, input: unknown): readonly string[] =>
  (v.safeParse(schema, input, { abortPipeEarly: true }).issues ?? []).map(({ message }) => message)

describe('a whole number', () => {
  const schema = value.wholeNumber(1, 1000)
  it('is taken from its least to its most', () => {
    expect([1, 1000].flatMap((input) => problemsOf(schema, input))).toEqual([])
  })
  it.each([0, 1001, 1.5, -0.5, Number.NaN, Infinity, '5', null])('is not %s, and one sentence says so', (input) => {
    expect(problemsOf(schema, input)).toEqual(['must be a whole number from 1 to 1000'])
  })
})

describe('a time', () => {
  const schema = value.duration('100ms', '1h')
  it.each([100, 100.5, '100ms', '0.1s', '1h', '60m'])('is taken as %s and kept as it is written', (input) => {
    expect(v.parse(schema, input)).toBe(input)
  })
  it.each([99, '99ms', '61m', -5, Number.NaN, Infinity, '500', '5 s', 's', '1w', '', null, true])(
    'is not %s',
    (input) => {
      expect(problemsOf(schema, input)).toEqual([expect.stringContaining('must be a time from 100ms to 1h')])
    },
  )
})

describe('a host', () => {
  it.each(['localhost', 'a.b-c_d', '10.0.0.1', '::1', '2001:db8::ff:1'])('is %s', (input) => {
    expect(problemsOf(value.host(), input)).toEqual([])
  })
  it.each(['', 'a:6379', 'a b', 'redis://a', 'u@a', '[::1]', 'a,b', 5])('is not %s', (input) => {
    expect(problemsOf(value.host(), input)).toEqual(['must be a host name or an address, without a port'])
  })
})

describe('addresses', () => {
  it('have the default port where none is written', () => {
    expect(v.parse(value.addresses(26_379), [{ host: 'a' }, { host: 'b', port: 1 }])).toEqual([
      { host: 'a', port: 26_379 },
      { host: 'b', port: 1 },
    ])
  })
  it.each(['a', ['a'], [null], [{ port: 1 }], [{ host: 'a', port: 0 }], {}])('are not %j', (input) => {
    expect(problemsOf(value.addresses(1), input)).not.toEqual([])
  })
})

describe('the other kinds', () => {
  it('take what they say', () => {
    expect(problemsOf(value.text(), ' ')).toEqual([])
    expect(problemsOf(value.text(), '')).toEqual(['must be a text that is not empty'])
    expect(problemsOf(value.oneOf(['a', 'b']), 'c')).toEqual(['must be one of a, b'])
    expect(problemsOf(value.flag(), 'true')).toEqual(['must be true or false'])
    expect(problemsOf(value.orNone(value.flag()), null)).toEqual([])
  })

  it('take certificates in PEM, one or several, and not the name of a file', () => {
    expect(problemsOf(value.certificates(), rootCertificates[0])).toEqual([])
    expect(problemsOf(value.certificates(), rootCertificates.slice(0, 2).join('\n'))).toEqual([])
    expect(problemsOf(value.certificates(), '/etc/ssl/ca.pem')).toEqual([
      expect.stringContaining('not the name of a file'),
    ])
    expect(problemsOf(value.certificates(), rootCertificates[0]?.replace(/[a-z]/g, '!'))).toHaveLength(1)
  })
})
