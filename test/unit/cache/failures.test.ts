import { describe, expect, it } from 'vitest'

import { createFailures } from '../../../src/cache/failures.ts'
import { fakeClock } from '../../support/fake-clock.ts'

describe('failures', () => {
  it('are known for as long as is asked, until a load succeeds', () => {
    const clock = fakeClock()
    const failures = createFailures(clock)
    expect(failures.recent('a', 1000)).toBeUndefined()
    failures.note('a', 'why')
    clock.advance(999)
    expect(failures.recent('a', 1000)).toMatchObject({ error: 'why' })
    expect(failures.recent('a', 0)).toBeUndefined()
    clock.advance(1)
    expect(failures.recent('a', 1000)).toBeUndefined()
    failures.note('a', 'again')
    failures.forget('a')
    expect(failures.recent('a', 1000)).toBeUndefined()
  })

  it('are bounded: the oldest leave', () => {
    const failures = createFailures(fakeClock(), 2)
    for (const key of ['a', 'b', 'a', 'c']) failures.note(key, key)
    expect(['a', 'b', 'c'].filter((key) => failures.recent(key, 1))).toEqual(['a', 'c'])
  })
})
