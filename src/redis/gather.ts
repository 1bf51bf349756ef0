/**
 * Commands that are asked in the same turn of the event loop leave in one write: a system call costs more than most commands.
 * The batcher does this for reads, in one command; here each stays its own command with its own answer.
 */

/** What a connection writes to, as far as it matters here. */
export interface Corkable {
  readonly writable: boolean
  cork(): void
  uncork(): void
}

/** Holds what is written to a stream back until this turn's callbacks have run. */
export type Gather = (stream: Corkable) => void

/** @param defer runs a task when this turn's callbacks have run */
export function createGather(defer: (task: () => void) => void): Gather {
  let held: Corkable | undefined
  return (stream) => {
    // One at a time: a stream that takes the place of a lost one waits for nothing.
    if (held || !stream.writable) return
    held = stream
    stream.cork()
    defer(() => {
      held = undefined
      stream.uncork()
    })
  }
}
