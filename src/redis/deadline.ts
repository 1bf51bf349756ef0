import type { Clock } from '../base/clock.ts'
import { StoreTimeoutError } from '../base/errors.ts'

/**
 * A true deadline: rejects with a StoreTimeoutError when `work` has not ended after `deadlineMs`, whatever the connection
 * does. The command itself goes on and may still be executed; its late answer is dropped.
 */
export function withDeadline<T>(
  clock: Clock,
  operation: string,
  deadlineMs: number,
  address: string,
  work: () => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let cancel = clock.after(deadlineMs, () => {
      // One more turn: after a stall of this process the answer may lie unread in the socket, and timers come first.
      cancel = clock.after(0, () =>
        reject(new StoreTimeoutError(`Redis at ${address} did not answer ${operation} within ${deadlineMs} ms`)),
      )
    })
    work().then(
      (result) => {
        cancel()
        resolve(result)
      },
      (error: unknown) => {
        cancel()
        reject(error)
      },
    )
  })
}
