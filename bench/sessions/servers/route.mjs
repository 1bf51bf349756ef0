/** What every contender serves, so that only their sessions differ: about 1 KB in a session, a read of it, and a write. */
export const BODY = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`field${at}`, `value ${at} `.repeat(5)]))

/** Tells the parent where it listens. */
export function announce(server) {
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
}
