/**
 * Gathers what is asked in the same turn of the event loop, so that it leaves together: reads as one MGET, calls of a script
 * as one. Measured with ioredis at 100 in flight, one MGET carries about twice what the same GETs pipelined do, and costs
 * Redis less.
 *
 * A batch leaves on `setImmediate`, not in a microtask: in a server each request is a callback of its own, and a microtask
 * would send every read alone. Only where things are asked one by one is there nothing to gather: when the last batch was a
 * single one and none is under way, the next one leaves in a microtask, which is as soon as its asker is done.
 */
export interface BatcherDeps<Ask, Answer> {
  /** Answers in the order of what is asked; an Error fails its ask alone. */
  readonly sendMany: (asked: readonly Ask[]) => Promise<readonly (Answer | Error)[]>
  /** Runs a task when this turn's callbacks have run. */
  readonly defer: (task: () => void) => void
  /** What a batch may weigh, unless a single ask is heavier: it must not hold Redis up for everyone else. */
  readonly mostWeight: number
  /** For those that {@link sendMany} left without an answer. */
  readonly none: Answer
  /** @default 1 */
  readonly weightOf?: (ask: Ask) => number
}

/** The same thing asked twice in a turn is sent once: the same text, or the same object. */
export function createBatcher<Ask, Answer>({
  sendMany,
  defer,
  mostWeight,
  none,
  weightOf = () => 1,
}: BatcherDeps<Ask, Answer>): (ask: Ask) => Promise<Answer> {
  type Waiting = PromiseWithResolvers<Answer>
  let waiting = new Map<Ask, Waiting>()
  let underWay = 0
  let lastSize = 0

  const send = (asked: readonly Ask[], waiters: readonly Waiting[]): void => {
    underWay += 1
    lastSize = asked.length
    sendMany(asked).then(
      (answers) => {
        underWay -= 1
        for (let at = 0; at < waiters.length; at += 1) settle(waiters[at], answers[at])
      },
      (error: unknown) => {
        underWay -= 1
        for (const { reject } of waiters) reject(error)
      },
    )
  }
  const settle = (waiter: Waiting | undefined, answer: Answer | Error | undefined): void => {
    if (answer instanceof Error) waiter?.reject(answer)
    else waiter?.resolve(answer ?? none)
  }
  const flush = (): void => {
    const asked = [...waiting.keys()]
    const waiters = [...waiting.values()]
    waiting = new Map()
    let from = 0
    let weight = 0
    for (const [at, ask] of asked.entries()) {
      const own = weightOf(ask)
      if (at > from && weight + own > mostWeight) {
        send(asked.slice(from, at), waiters.slice(from, at))
        from = at
        weight = 0
      }
      weight += own
    }
    send(asked.slice(from), waiters.slice(from))
  }

  return (ask) => {
    const same = waiting.get(ask)
    if (same) return same.promise
    const waiter: Waiting = Promise.withResolvers()
    if (waiting.size === 0) {
      if (underWay === 0 && lastSize === 1) queueMicrotask(flush)
      else defer(flush)
    }
    waiting.set(ask, waiter)
    return waiter.promise
  }
}
