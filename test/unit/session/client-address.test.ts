import { describe, expect, it } from 'vitest'

import { clientAddress } from '../../../src/session/client-address.ts'

const proxies = ['10.0.0.0/8', '::1', 'fd00::/8']

describe('the address of a client', () => {
  it.each([
    ['no proxy is trusted', { remoteAddress: '203.0.113.9', forwardedFor: '1.2.3.4' }, [], '203.0.113.9'],
    ['it is no proxy', { remoteAddress: '203.0.113.9', forwardedFor: '1.2.3.4' }, proxies, '203.0.113.9'],
    ['a proxy tells it', { remoteAddress: '10.0.0.1', forwardedFor: '203.0.113.9' }, proxies, '203.0.113.9'],
    ['two proxies tell it', { remoteAddress: '::1', forwardedFor: '203.0.113.9, 10.1.1.1' }, proxies, '203.0.113.9'],
    [
      'it tells a lie before',
      { remoteAddress: '10.0.0.1', forwardedFor: '1.2.3.4, 203.0.113.9' },
      proxies,
      '203.0.113.9',
    ],
    ['it tells nonsense', { remoteAddress: '10.0.0.1', forwardedFor: 'unknown' }, proxies, '10.0.0.1'],
    ['a proxy tells nothing', { remoteAddress: 'fd00::7' }, proxies, 'fd00::7'],
    ['there is none', { remoteAddress: undefined }, proxies, ''],
  ])('when %s', (_, source, trusted, address) => {
    expect(clientAddress(source, trusted)).toBe(address)
  })

  it.each(['10.0.0.0/33', 'localhost', '10.0.0.0/', '::/129', ''])('is not asked of a proxy called %j', (network) => {
    expect(() => clientAddress({ remoteAddress: '::1' }, [network])).toThrow(
      expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG' }),
    )
  })
})
