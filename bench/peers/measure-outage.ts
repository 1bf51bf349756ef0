import { privateRedis } from 'holdfast/testing'

import { startContender } from './start-child.ts'

export interface FoundOutage {
  readonly name: string
  /** Undefined where the process has ended when Redis went away. */
  readonly measured: { readonly perSecond: number; readonly p99Ms: number } | undefined
}

const OUTAGE = { bytes: 1000, inFlight: 50 }
const OUTAGE_MS = 2000

/** Reads of one contender whose own Redis is stopped under it. */
export async function measureOutage(name: string): Promise<FoundOutage> {
  const redis = await privateRedis()
  const child = await startContender(name, redis.url)
  await child.ask({ workload: 'fill', options: OUTAGE })
  await redis.stop()
  try {
    const perSecond = await child.ask({ workload: 'outage', options: { ...OUTAGE, ms: OUTAGE_MS } })
    const p99Ms = await child.ask({ workload: 'outageP99', options: {} })
    await child.stop()
    return { name, measured: { perSecond, p99Ms } }
  } catch {
    return { name, measured: undefined }
  }
}
