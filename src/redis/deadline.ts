/**
 * True deadlines: a call rejects with a StoreTimeoutError when its work has not ended in time, whatever the connection does.
 * The command itself goes on and may still be executed; its late answer is dropped.
 *
 * Calls of one deadline stand in a line, since whoever began first is due first, and one timer watches the first of the
 * line: no timer is set and taken away for each command.
 */
import type { Clock } from '../base/clock.ts'
import { StoreTimeoutError } from '../base/errors.ts'

/** Runs `work`; rejects at the latest when so many milliseconds have passed. */
export type WithDeadline = <T>(operation: string, deadlineMs: number, work: () => Promise<T>) => Promise<T>

interface Call {
  readonly operation: string
  readonly endsMs: number
  readonly reject: (error: unknown) => void
  isEnded: boolean
  next: Call | undefined
}

interface Line {
  readonly deadlineMs: number
  first: Call | undefined
  last: Call | undefined
}

export function createDeadlines(clock: Clock, address: string): WithDeadline {
  // By deadline. Each is watched by a timer as long as it is in here.
  const lines = new Map<number, Line>()

  const lineOf = (deadlineMs: number): Line => {
    const known = lines.get(deadlineMs)
    if (known) return known
    const line = { deadlineMs, first: undefined, last: undefined }
    lines.set(deadlineMs, line)
    clock.after(deadlineMs, () => watch(line))
    return line
  }
  /** Takes who is due out of a line, and looks again when the next one will be. */
  const watch = (line: Line): void => {
    const nowMs = clock.monoMs()
    let call = line.first
    for (; call && (call.isEnded || call.endsMs <= nowMs); call = call.next) if (!call.isEnded) expire(line, call)
    line.first = call
    if (call) {
      // At least a millisecond: a timer may come a little before the clock says so.
      clock.after(Math.max(1, call.endsMs - nowMs), () => watch(line))
      return
    }
    line.last = undefined
    lines.delete(line.deadlineMs)
  }
  const expire = ({ deadlineMs }: Line, call: Call): void => {
    // One more turn: after a stall of this process the answer may lie unread in the socket, and timers come first.
    clock.after(0, () => {
      if (call.isEnded) return
      call.isEnded = true
      call.reject(new StoreTimeoutError(`Redis at ${address} did not answer ${call.operation} within ${deadlineMs} ms`))
    })
  }
  const enter = (line: Line, call: Call): void => {
    // Those at the head that have ended since.
    while (line.first?.isEnded) line.first = line.first.next
    if (line.first && line.last) line.last.next = call
    else line.first = call
    line.last = call
  }

  return (operation, deadlineMs, work) =>
    new Promise((resolve, reject) => {
      const call: Call = { operation, endsMs: clock.monoMs() + deadlineMs, reject, isEnded: false, next: undefined }
      enter(lineOf(deadlineMs), call)
      work().then(
        (result) => {
          call.isEnded = true
          resolve(result)
        },
        (error: unknown) => {
          call.isEnded = true
          reject(error)
        },
      )
    })
}
