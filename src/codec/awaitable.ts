/** A value that is there, or on its way: what is small is done at once, what is large on another thread. */
export type Awaitable<T> = T | Promise<T>

/** Goes on with a value in the same turn when it is there already. */
export function andThen<T, Next>(value: Awaitable<T>, then: (value: T) => Next): Awaitable<Next> {
  return value instanceof Promise ? value.then((value) => then(value)) : then(value)
}
