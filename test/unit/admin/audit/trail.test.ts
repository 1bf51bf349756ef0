import { expect, it } from 'vitest'

import type { AuditEntry, AuditStream } from '../../../../src/admin/audit/stream.ts'
import { createAuditTrail } from '../../../../src/admin/audit/trail.ts'
import type { AuditRow } from '../../../../src/admin/index.ts'
import { StoreError } from '../../../../src/index.ts'
import { fakeClock } from '../../../support/fake-clock.ts'

const entry = (user: string): AuditEntry => ({
  atMs: 1,
  user,
  role: 'admin',
  from: '',
  action: 'switch',
  targets: [],
  reason: '',
  count: null,
  dryRun: false,
  result: 'done',
  code: null,
  environment: 'test',
})

/** A stream in memory that can be away. */
function stream(): AuditStream & { away: boolean; readonly rows: AuditRow[] } {
  const rows: AuditRow[] = []
  return {
    away: false,
    rows,
    async append(entries) {
      if (this.away) throw new StoreError('connection', 'gone')
      rows.push(...entries.map((one, at) => ({ ...one, id: `${rows.length + at + 1}-0` })))
      return []
    },
    async page(before, count) {
      if (this.away) throw new StoreError('connection', 'gone')
      return rows
        .filter(({ id }) => before === undefined || Number.parseInt(id) < Number.parseInt(before))
        .reverse()
        .slice(0, count)
    },
  }
}

it('keeps rows while Redis is away, bounded, and says how many were lost; then writes them in order', async () => {
  const clock = fakeClock()
  const redis = stream()
  const trail = createAuditTrail({ clock, stream: redis, onAudit: () => undefined, onError: () => undefined })
  redis.away = true
  for (let row = 0; row < 1003; row += 1) await trail.add(entry(`u${row}`))
  expect(await trail.page({ limit: 2 })).toMatchObject({
    store: 'memory',
    waiting: 1000,
    lost: 3,
    rows: [{ user: 'u1002' }, { user: 'u1001' }],
  })
  redis.away = false
  clock.advance(5000)
  await trail.close()
  expect([redis.rows.length, redis.rows[0]?.user, redis.rows.at(-1)?.user]).toEqual([1000, 'u3', 'u1002'])
  expect(await trail.page({})).toMatchObject({ store: 'redis', waiting: 0, lost: 3 })
})

it('ends the search for what is rare after so many rows, with a place to go on', async () => {
  const redis = stream()
  const trail = createAuditTrail({
    clock: fakeClock(),
    stream: redis,
    onAudit: () => undefined,
    onError: () => undefined,
  })
  await trail.add(entry('rare'))
  for (let row = 0; row < 2500; row += 1) redis.rows.push({ ...entry('common'), id: `${row + 2}-0` })
  const first = await trail.page({ user: 'rare' })
  expect([first.rows.length, first.before]).toEqual([0, '502-0'])
  expect((await trail.page({ user: 'rare', before: first.before ?? '' })).rows).toHaveLength(1)
})
