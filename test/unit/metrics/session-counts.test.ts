import { describe, expect, it } from 'vitest'

import { SessionUnavailableError } from '../../../src/base/errors.ts'
import { createSessionSamples } from '../../../src/metrics/session-counts.ts'
import { flatten } from '../../../src/metrics/sample.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { turn } from '../../support/memory-cache.ts'

describe('the counts of sessions', () => {
  it('are those that sessions keep, in the words of operators', async () => {
    const stats = () => ({
      'session-created': 3,
      'session-resumed': 40,
      'session-ended:logout': 1,
      'session-ended:login': 1,
      'cookie-refused:unreadable': 2,
    })
    const counts = createSessionSamples({ sessions: { stats, count: async () => 7 }, clock: fakeClock() })
    await turn()
    const lines = [...counts.read()]
      .flatMap(flatten)
      .map(({ name, labels, value }) => `${name} ${Object.values(labels).join()} ${value}`)
    expect(lines).toEqual([
      'session_events_total create 3',
      'session_events_total resume 40',
      'session_events_total destroy 2',
      'session_rejections_total unreadable 2',
      'sessions_active  7',
    ])
    counts.close()
  })

  it('ask how many live once a minute, and show no old number while Redis is away', async () => {
    const clock = fakeClock()
    let asked = 0
    const count = async () => {
      asked += 1
      if (asked === 2) throw new SessionUnavailableError('away')
      return 7
    }
    const counts = createSessionSamples({ sessions: { stats: () => ({}), count }, clock })
    await turn()
    clock.advance(59_000)
    expect(asked).toBe(1)
    clock.advance(1000)
    await turn()
    expect([...counts.read()]).toEqual([])
    clock.advance(60_000)
    await turn()
    expect([...counts.read()]).toHaveLength(1)
    counts.close()
  })
})
