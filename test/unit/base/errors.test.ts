import { describe, expect, it } from 'vitest'

import {
  CircuitOpenError,
  ClosedError,
  ConfigError,
  DecodeError,
  EncodeError,
  HoldfastError,
  isHoldfastError,
  KeyError,
  LoaderTimeoutError,
  StoreError,
  StoreTimeoutError,
} from '../../../src/base/errors.ts'

const cause = new Error('below')
const all = [
  [new ConfigError('m', { cause }), 'ConfigError', 'ERR_HOLDFAST_CONFIG'],
  [new KeyError('m', { cause }), 'KeyError', 'ERR_HOLDFAST_KEY'],
  [new StoreError('oom', 'm', { cause }), 'StoreError', 'ERR_HOLDFAST_STORE'],
  [new StoreTimeoutError('m', { cause }), 'StoreTimeoutError', 'ERR_HOLDFAST_STORE_TIMEOUT'],
  [new CircuitOpenError('m', { cause }), 'CircuitOpenError', 'ERR_HOLDFAST_CIRCUIT_OPEN'],
  [new DecodeError('m', { cause }), 'DecodeError', 'ERR_HOLDFAST_DECODE'],
  [new EncodeError('m', { cause }), 'EncodeError', 'ERR_HOLDFAST_ENCODE'],
  [new LoaderTimeoutError('m', { cause }), 'LoaderTimeoutError', 'ERR_HOLDFAST_LOADER_TIMEOUT'],
  [new ClosedError('m', { cause }), 'ClosedError', 'ERR_HOLDFAST_CLOSED'],
] as const

describe('an error of Holdfast', () => {
  it.each(all)('%s carries its name, its code, its message and its cause', (error, name, code) => {
    expect(error).toBeInstanceOf(HoldfastError)
    expect(error).toMatchObject({ name, code, message: 'm', cause })
    expect(error.stack).toContain(`${name}: m`)
  })

  it('says what went wrong with Redis in one word, and a deadline and an open circuit are such errors too', () => {
    expect(new StoreError('oom', 'm').failure).toBe('oom')
    for (const [error, failure] of [
      [new StoreTimeoutError('m'), 'timeout'],
      [new CircuitOpenError('m'), 'circuit-open'],
    ] as const) {
      expect(error).toBeInstanceOf(StoreError)
      expect(error.failure).toBe(failure)
    }
  })

  it('is known by its code, so that one from another copy of the package is known too', () => {
    for (const [error] of all) expect(isHoldfastError(error)).toBe(true)
    expect(isHoldfastError(Object.assign(new Error('m'), { code: 'ERR_HOLDFAST_KEY' }))).toBe(true)
  })

  it('is not what merely looks like one', () => {
    const others = [
      new Error('m'),
      Object.assign(new Error('m'), { code: 'ECONNREFUSED' }),
      { code: 'ERR_HOLDFAST_KEY' },
    ]
    for (const other of [...others, Object.assign(new Error('m'), { code: 5 }), 'ERR_HOLDFAST_KEY', null, undefined]) {
      expect(isHoldfastError(other)).toBe(false)
    }
  })
})
