/** What `work` gives, or what it throws: for tests where either may be right. */
export function attempt(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
