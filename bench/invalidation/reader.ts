/**
 * A process of the fleet that holds some keys in memory and reads one of them about every millisecond. Told to watch a group,
 * it says when it serves its keys from memory, and when it has stopped: the beginning of the first read after which
 * none was answered with a value again. It never loads, so whatever it is given was stored before the invalidation.
 */
import { setTimeout as wait } from 'node:timers/promises'

import { createCache, createRedis } from 'holdfast'

import { heldKeys, NAMESPACE } from './keys.ts'
import { sharedNowMs } from './moment.ts'

/** What the reader is told, and what it answers. */
export interface Watch {
  readonly group: number
}
export type ReaderWord =
  | { readonly word: 'ready' }
  | { readonly word: 'watching' }
  | { readonly word: 'gone'; readonly atMs: number; readonly readsBefore: number }

const [url = ''] = process.argv.slice(2)
const redis = createRedis({ url })
const cache = createCache({ redis, namespace: NAMESPACE, sweep: false })
const tiers = new Set<string>()
cache.on((event) => {
  if (event.type === 'read' && event.result === 'hit') tiers.add(event.tier)
})
const say = (word: ReaderWord): void => void process.send?.(word)

process.on('message', ({ group }: Watch) => void watch(group))
process.on('disconnect', () => void cache.close().then(() => redis.close()))
await redis.ready()
say({ word: 'ready' })

async function watch(group: number): Promise<void> {
  const keys = heldKeys(group)
  await cache.getMany(keys)
  tiers.clear()
  const held = await cache.getMany(keys)
  if (held.size !== keys.length || tiers.size !== 1 || !tiers.has('l1')) {
    throw new Error(`Of ${keys.length} keys ${held.size} were served, from ${[...tiers].join(' and ')}`)
  }
  say({ word: 'watching' })
  let goneMs = 0
  let missed = 0
  for (let reads = 0, readsBefore = 0; missed < keys.length; reads += 1) {
    const beganMs = sharedNowMs()
    const value = await cache.get(keys[reads % keys.length] ?? '')
    if (value === undefined) {
      if (missed === 0) goneMs = beganMs
      missed += 1
    } else {
      missed = 0
      readsBefore = reads + 1
    }
    if (missed === keys.length) say({ word: 'gone', atMs: goneMs, readsBefore })
    else if (missed === 0) await wait(1)
  }
}
