/** A process of the fleet that sweeps once, as fast as the library does by itself, and tells what came of it. */
import { createCache, createRedis, type HoldfastEvent } from 'holdfast'

import { NAMESPACE } from './keys.ts'

export type Swept = Extract<HoldfastEvent, { type: 'sweep' }>
export type SweeperWord = { readonly word: 'swept'; readonly swept: Swept }

const [url = ''] = process.argv.slice(2)
const redis = createRedis({ url })
// Only its beginning is brought forward; pages and pauses are the defaults.
const cache = createCache({ redis, namespace: NAMESPACE, sweep: { after: '100ms' } })
cache.on((event) => {
  if (event.type === 'sweep') process.send?.({ word: 'swept', swept: event } satisfies SweeperWord)
  if (event.type === 'error') throw event.error
})
process.on('disconnect', () => void cache.close().then(() => redis.close()))
