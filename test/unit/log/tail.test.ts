import { describe, expect, it } from 'vitest'

import { startTail } from '../../../src/log/tail.ts'
import type { StreamEntry, StreamReader } from '../../../src/redis/redis.ts'
import { fakeClock } from '../../support/fake-clock.ts'

type Answer = readonly StreamEntry[] | Error

/** A reader that answers what it is given, in turn, and then waits for ever. */
function readerOf(answers: Answer[]) {
  const asked: string[] = []
  let closed = false
  const reader: StreamReader = {
    async readAfter(_stream, id) {
      asked.push(id)
      const answer = answers.shift()
      if (answer === undefined) return new Promise(() => undefined)
      if (answer instanceof Error) throw answer
      return answer
    },
    close: () => void (closed = true),
  }
  return { reader, asked, isClosed: () => closed }
}

const turn = (): Promise<void> => new Promise(setImmediate)
const entry = (position: number): StreamEntry => [`${position}-0`, []]

describe('the tail', () => {
  it('hands on what comes and goes on from where the log stands then', async () => {
    const clock = fakeClock()
    const { reader, asked } = readerOf([[entry(11)], []])
    let applied = 10
    const followed: StreamEntry[][] = []
    const follow = (entries: readonly StreamEntry[]): void => {
      followed.push([...entries])
      applied = 11
    }
    const tail = startTail({ reader, clock, stream: 's', position: () => applied, follow })
    await turn()
    expect(followed).toEqual([[entry(11)]])
    expect(asked).toEqual(['10-0', '11-0', '11-0'])
    tail.close()
  })

  it('waits while there is no position, and pauses after a failure', async () => {
    const clock = fakeClock()
    const { reader, asked } = readerOf([new Error('lost'), []])
    let position: number | undefined
    const tail = startTail({ reader, clock, stream: 's', position: () => position, follow: () => undefined })
    await turn()
    expect(asked).toEqual([])
    position = 5
    clock.advance(100)
    await turn()
    expect(asked).toEqual(['5-0'])
    await turn()
    expect(asked).toHaveLength(1)
    clock.advance(100)
    await turn()
    expect(asked.length).toBeGreaterThan(1)
    tail.close()
  })

  it('closes its connection and follows nothing afterwards', async () => {
    const { reader, isClosed } = readerOf([])
    const tail = startTail({
      reader,
      clock: fakeClock(),
      stream: 's',
      position: () => undefined,
      follow: () => expect.unreachable(),
    })
    tail.close()
    await turn()
    expect(isClosed()).toBe(true)
  })
})
