import { describe, expect, it } from 'vitest'

import { describeConfig } from '../../../src/config/describe-config.ts'
import { resolvedLeaves } from '../../../src/config/leaves.ts'
import { configOf } from './written-config.ts'

describe('a configuration for a person’s eyes', () => {
  it('has a row for every setting, in their order', async () => {
    const rows = describeConfig(await configOf({}))
    expect(rows.map(({ path }) => path)).toEqual(resolvedLeaves.map(({ path }) => path))
    expect(rows.filter(({ source }) => source === '')).toEqual([])
  })

  it('tells value and source; a secret is masked, and what is not set is none', async () => {
    const config = await configOf({ environment: 'prod', env: { REDIS_PASSWORD: 'hunter2', HOLDFAST_REDIS_DB: '4' } })
    const row = (path: string) => describeConfig(config).find((row) => row.path === path)
    expect(row('redis.db')).toEqual({ path: 'redis.db', value: '4', source: 'env HOLDFAST_REDIS_DB' })
    expect(row('redis.password')).toMatchObject({ value: '***', source: 'profile prod default' })
    expect(row('redis.username')?.value).toBe('none')
    expect(row('redis.cluster.nodes')?.value).toBe('none')
    expect(row('redis.tls.enabled')?.value).toBe('true')
    expect(row('redis.sentinel.sentinels')?.value).toBe(
      'sentinel1.ttrpg-center.internal:26379, sentinel2.ttrpg-center.internal:26379, sentinel3.ttrpg-center.internal:26379',
    )
  })
})
