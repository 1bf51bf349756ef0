/**
 * What goes wrong on purpose. A fault waits for the next command that it is about and happens to that one, or to as many as
 * it says. With `isApplied` the command is carried out before its answer is lost: what a client sees as a failure, and a cache
 * must take for a success.
 */
export type Fault = FaultKind & {
  /** The commands that it happens to. @default all */
  readonly commands?: readonly string[]
  /** How many commands it happens to. @default 1 */
  readonly times?: number
}

export type FaultKind =
  /** An HTTP error, such as 429, 500 or 503. */
  | { readonly kind: 'status'; readonly status: number; readonly isApplied?: boolean }
  /** The connection breaks in place of an answer. */
  | { readonly kind: 'reset'; readonly isApplied?: boolean }
  /** The answer comes in two halves, the second so much later. */
  | { readonly kind: 'slow-body'; readonly delayMs: number }
  /** The command is carried out so much later, whether or not somebody still waits for its answer. */
  | { readonly kind: 'late'; readonly delayMs: number }

export interface Faults {
  /** @throws RangeError when it cannot happen */
  add(fault: Fault): void
  /** What happens to this command. */
  take(command: string): FaultKind | undefined
  clear(): void
}

export function createFaults(): Faults {
  let waiting: readonly { readonly fault: Fault; readonly left: number }[] = []
  return {
    add(fault) {
      const { times = 1 } = fault
      if (!(times >= 1)) throw new RangeError(`times must be at least 1, got ${times}`)
      if (fault.kind === 'status' && !(fault.status >= 400 && fault.status <= 599)) {
        throw new RangeError(`status must be from 400 to 599, got ${fault.status}`)
      }
      if ('delayMs' in fault && !(fault.delayMs >= 0)) {
        throw new RangeError(`delayMs must be milliseconds from 0, got ${fault.delayMs}`)
      }
      waiting = [...waiting, { fault, left: times }]
    },
    take(command) {
      const next = waiting.find(({ fault }) => fault.commands?.includes(command) ?? true)
      if (next === undefined) return undefined
      waiting = waiting
        .map((each) => (each === next ? { ...each, left: each.left - 1 } : each))
        .filter(({ left }) => left > 0)
      return next.fault
    },
    clear() {
      waiting = []
    },
  }
}
