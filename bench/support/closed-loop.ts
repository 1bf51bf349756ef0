/**
 * A closed loop: so many callers, each asking for the next key as soon as it has the answer to its last. Contenders take
 * turns in short rounds, so that what the machine does besides falls on all of them alike.
 */
export type Get = (key: string) => Promise<unknown>

export interface Contender {
  readonly name: string
  readonly get: Get
}

export interface Loop {
  readonly inFlight: number
  readonly keys: readonly string[]
  readonly rounds: number
  readonly roundMs: number
}

const WARM_UP_ROUNDS = 20

/** Reads per second of every contender, round by round. */
export async function takeTurns<Name extends string>(
  contenders: readonly (Contender & { readonly name: Name })[],
  loop: Loop,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const rates = Object.fromEntries(contenders.map(({ name }) => [name, [] as number[]])) as Record<Name, number[]>
  // Unrecorded: code gets compiled and connections get their buffers.
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
    for (const { get } of contenders) await perSecond(get, loop)
  }
  for (let round = 0; round < loop.rounds; round += 1) {
    for (const { name, get } of orderOf(contenders, round)) rates[name].push(await perSecond(get, loop))
  }
  return rates
}

/** Another one begins each round, and every second round runs backwards, so that nobody always follows the same one. */
function orderOf<T>(contenders: readonly T[], round: number): readonly T[] {
  const first = Math.floor(round / 2) % contenders.length
  const rotated = [...contenders.slice(first), ...contenders.slice(0, first)]
  return round % 2 === 0 ? rotated : rotated.reverse()
}

async function perSecond(get: Get, { inFlight, keys, roundMs }: Loop): Promise<number> {
  let asked = 0
  let answered = 0
  const began = performance.now()
  const end = began + roundMs
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const key = keys[asked % keys.length] ?? ''
      asked += 1
      await get(key)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  return (answered * 1000) / (performance.now() - began)
}
