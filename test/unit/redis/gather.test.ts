import { Writable } from 'node:stream'

import { expect, it } from 'vitest'

import { createGather } from '../../../src/redis/gather.ts'

/** A stream that keeps what each write of it to the outside held, and the end of a turn, at will. */
function start() {
  const writes: string[] = []
  let deferred: (() => void)[] = []
  const open = () =>
    new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        writes.push(String(chunk))
        done()
      },
      writev: (chunks, done) => {
        writes.push(chunks.map(({ chunk }) => String(chunk)).join(''))
        done()
      },
    })
  const gather = createGather((task) => void deferred.push(task))
  const endTurn = (): void => {
    const tasks = deferred
    deferred = []
    for (const task of tasks) task()
  }
  return { gather, open, writes, endTurn }
}

it('what is written in one turn leaves together at its end, and what follows in the next', () => {
  const { gather, open, writes, endTurn } = start()
  const stream = open()
  for (const command of ['a', 'b', 'c']) {
    gather(stream)
    stream.write(command)
  }
  expect(writes).toEqual([])
  endTurn()
  expect(writes).toEqual(['abc'])
  gather(stream)
  stream.write('d')
  endTurn()
  endTurn()
  expect(writes).toEqual(['abc', 'd'])
  stream.write('e')
  expect(writes).toEqual(['abc', 'd', 'e'])
})

it('a stream that was lost is left alone, and the one in its place waits for nothing of it', () => {
  const { gather, open, writes, endTurn } = start()
  const [lost, next] = [open(), open()]
  lost.on('error', () => undefined)
  gather(lost)
  lost.destroy()
  gather(next)
  next.write('a')
  expect(writes).toEqual(['a'])
  endTurn()
  gather(lost)
  gather(next)
  next.write('b')
  expect(writes).toEqual(['a'])
  endTurn()
  expect(writes).toEqual(['a', 'b'])
})
