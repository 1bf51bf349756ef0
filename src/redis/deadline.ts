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
    const cancel = clock.after(deadlineMs, () => {
      reject(new StoreTimeoutError(`Redis at ${address} did not answer ${operation} within ${deadlineMs} ms`))
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
