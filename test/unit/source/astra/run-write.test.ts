import type { FetcherRequestInfo, FetcherResponseInfo } from '@datastax/astra-db-ts'
import { describe, expect, it } from 'vitest'

import { runWrite } from '../../../../src/source/astra/run-write.ts'
import { fakeClock } from '../../../support/fake-clock.ts'
import { turn } from '../../../support/memory-cache.ts'

const info = {} as FetcherRequestInfo
const reply = (body: string, status = 200) => ({ status, body }) as FetcherResponseInfo

function staged(answer: () => FetcherResponseInfo, markBefore = true) {
  const clock = fakeClock()
  const seen: string[] = []
  const cache = {
    invalidate: async ({ tags, reason }: { tags?: readonly string[]; reason?: string }) => {
      seen.push(`mark ${tags?.join()} for ${reason}`)
      return { acknowledged: true } as never
    },
  }
  const fetcher = {
    async fetch() {
      seen.push('write')
      return answer()
    },
  }
  const run = () => runWrite({ cache, fetcher, clock, markBefore, settleMs: 2_000 }, info, { tags: ['t'] }, 'updateOne')
  return { clock, seen, run }
}

const mark = 'mark t for updateOne'

describe('a write', () => {
  it('marks what it makes stale before and after', async () => {
    const { seen, run } = staged(() => reply('{"status":{"modifiedCount":1}}'))
    await run()
    expect(seen).toEqual([mark, 'write', mark])
  })

  it('leaves out the mark after when nothing changed, and the one before when it is told to', async () => {
    const unchanged = staged(() => reply('{"status":{"modifiedCount":0}}'), false)
    await unchanged.run()
    expect(unchanged.seen).toEqual(['write'])
  })

  it.for([
    () => reply('{"status":{"modifiedCount":0}}', 503),
    (): never => {
      throw new Error('gone')
    },
  ])('without an answer marks again until it can no longer be under way', async (answer) => {
    const { clock, seen, run } = staged(answer)
    await run().catch(() => undefined)
    expect(seen).toEqual([mark, 'write', mark])
    const marks: number[] = []
    for (let ms = 250; ms <= 5_000; ms += 250) {
      clock.advance(250)
      await turn()
      if (seen.length > 3 + marks.length) marks.push(ms)
    }
    expect(marks).toEqual([250, 750, 1_750])
  })
})
