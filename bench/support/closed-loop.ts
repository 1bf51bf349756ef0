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
    for (const { name, get } of shuffled(contenders)) rates[name].push(await perSecond(get, loop))
  }
  return rates
}

/** By lot: in any fixed order somebody always pays for the garbage that the same neighbour has left. */
function shuffled<T>(contenders: readonly T[]): readonly T[] {
  return contenders
    .map((contender) => ({ contender, lot: Math.random() }))
    .sort((left, right) => left.lot - right.lot)
    .map(({ contender }) => contender)
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
