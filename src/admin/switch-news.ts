/** Who switched caching on or off last, as this process has heard. */
import type { Cache } from '../cache/cache.ts'
import type { SwitchStatus } from './contract/control.ts'

export interface SwitchNews {
  last(): Pick<SwitchStatus, 'by' | 'reason'>
  close(): void
}

export function followSwitch(cache: Pick<Cache, 'on'>): SwitchNews {
  let last: Pick<SwitchStatus, 'by' | 'reason'> = { by: null, reason: null }
  const close = cache.on((event) => {
    if (event.type === 'switch') last = { by: event.by, reason: event.reason }
  })
  return { last: () => last, close }
}
