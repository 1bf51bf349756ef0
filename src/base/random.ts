import { randomBytes } from 'node:crypto'

/** Randomness, handed in through dependencies so that a simulation can replay it. */
export interface Random {
  /** 64 random bits as 11 characters of base64url: for epochs and ids. */
  id(): string
  /** At least 0 and below 1, evenly spread: for jitter and early refresh, never for secrets. */
  fraction(): number
}

export const systemRandom: Random = { id: () => randomBytes(8).toString('base64url'), fraction: () => Math.random() }
