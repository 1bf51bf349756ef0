import { randomBytes } from 'node:crypto'

/** Randomness, handed in through dependencies so that a simulation can replay it. */
export interface Random {
  /** 64 random bits as 11 characters of base64url: for epochs and ids. */
  id(): string
}

export const systemRandom: Random = { id: () => randomBytes(8).toString('base64url') }
