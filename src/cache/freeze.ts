/** Freezes plain objects and arrays all the way down. Dates, Maps, Buffers and the like cannot be frozen and are left. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value
  Object.freeze(value)
  for (const item of Object.values(value)) freezeDeep(item)
  return value
}

/** What JSON writes no deeper; a text that is deeper was not written by this library. */
const MOST_DEPTH = 512

/**
 * The same for what JSON.parse has just made: plain all the way down, no cycle, nothing frozen. Not asking for that takes a
 * third of the time, which with a small value is most of what reading it costs beside the parsing.
 */
export function freezeParsed<T>(value: T, depth = 0): T {
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return value
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) {
      const item: unknown = value[at]
      if (typeof item === 'object') freezeParsed(item, depth + 1)
    }
  } else {
    for (const name in value) {
      const item: unknown = value[name]
      if (typeof item === 'object') freezeParsed(item, depth + 1)
    }
  }
  return Object.freeze(value)
}
