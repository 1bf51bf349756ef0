import { createRedis, type RedisOptions } from 'holdfast'
import { Redis as Client } from 'ioredis'

import type { Contender } from '../support/closed-loop.ts'

/** Ways to read a value, all of them as bytes. */
export const WAYS = ['plain', 'pipelined', 'single', 'control', 'pool'] as const
export type Way = (typeof WAYS)[number]

export const TITLES: Readonly<Record<Way, string>> = {
  plain: 'ioredis',
  pipelined: 'auto-pipelined',
  single: 'Holdfast 1',
  // The same once more: what it differs by is noise.
  control: 'again 1',
  pool: 'Holdfast 10',
}

export interface Contenders extends AsyncDisposable {
  readonly all: readonly (Contender & { readonly name: Way })[]
  /** How many connections the pool of ten has opened so far. */
  poolConnections(): number
}

/** Where to read, said once for each library. */
export interface Place {
  readonly holdfast: Pick<RedisOptions, 'url' | 'sentinel'>
  readonly ioredis:
    | { readonly host: string; readonly port: number }
    | { readonly name: string; readonly sentinels: { readonly host: string; readonly port: number }[] }
}

// A machine that is busy with other things must not end the run; nothing else depends on it.
const READ_TIMEOUT = '4s'

/** Opens all contenders; each answers `key` with `sizeBytes` bytes, or the comparison would be of nothing. */
export async function openContenders(place: Place, key: string, sizeBytes: number): Promise<Contenders> {
  const plain = new Client({ ...place.ioredis, lazyConnect: true })
  const pipelined = new Client({ ...place.ioredis, lazyConnect: true, enableAutoPipelining: true })
  const holdfast = (maxConnections: number) =>
    createRedis({ ...place.holdfast, maxConnections, readTimeout: READ_TIMEOUT })
  const [single, control, pool] = [holdfast(1), holdfast(1), holdfast(10)]
  await Promise.all([plain.connect(), pipelined.connect(), single.ready(), control.ready(), pool.ready()])
  const all = [
    { name: 'plain', get: (wanted: string) => plain.getBuffer(wanted) },
    { name: 'pipelined', get: (wanted: string) => pipelined.getBuffer(wanted) },
    { name: 'single', get: (wanted: string) => single.get(wanted) },
    { name: 'control', get: (wanted: string) => control.get(wanted) },
    { name: 'pool', get: (wanted: string) => pool.get(wanted) },
  ] as const
  for (const { name, get } of all) {
    const value = await get(key)
    if (value?.length !== sizeBytes) throw new Error(`${TITLES[name]} did not read ${sizeBytes} bytes at ${key}`)
  }
  return {
    all,
    poolConnections: () => pool.health().connections.open,
    async [Symbol.asyncDispose]() {
      plain.disconnect()
      pipelined.disconnect()
      await Promise.all([single.close(), control.close(), pool.close()])
    },
  }
}
