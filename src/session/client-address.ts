import { BlockList, isIP } from 'node:net'

import { ConfigError } from '../base/errors.ts'

/** How a client's address reached this server. */
export interface AddressSource {
  /** The other end of the connection: `request.socket.remoteAddress`. */
  readonly remoteAddress: string | undefined
  /** The X-Forwarded-For header, of which anybody may send anything. */
  readonly forwardedFor?: string | undefined
}

/**
 * The address of the client, for a limit on its attempts: the last one in the chain that no trusted proxy reported as
 * another trusted proxy. Without trusted proxies it is the other end of the connection, whatever the header says.
 *
 * @param trusted addresses and networks of the own proxies, such as `10.0.0.0/8`
 * @returns the address; '' when there is none, as for a socket in the file system
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when `trusted` holds something else
 */
export function clientAddress({ remoteAddress = '', forwardedFor }: AddressSource, trusted: readonly string[]): string {
  const proxies = listOf(trusted)
  const chain = [...(forwardedFor ?? '').split(',').map((part) => part.trim()), remoteAddress]
  let address = ''
  for (const hop of chain.reverse()) {
    if (isIP(hop) === 0) break
    address = hop
    if (!proxies.check(hop, isIP(hop) === 6 ? 'ipv6' : 'ipv4')) break
  }
  return address
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const bits = prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix)
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(prefix ?? '0') || bits > (family === 'ipv6' ? 128 : 32))
      throw new ConfigError(
        `A trusted proxy is an address or a network such as 10.0.0.0/8, got ${JSON.stringify(network)}`,
      )
    list.addSubnet(address, bits, family)
  }
  return list
}
