import { DecodeError } from '../../../src/base/errors.ts'

/** What became of a decoding, which may throw or reject: unreadable is the one way in which it may fail. */
export async function outcomeOf(decode: () => unknown): Promise<'decoded' | 'unreadable' | 'another error'> {
  try {
    await decode()
    return 'decoded'
  } catch (error) {
    return error instanceof DecodeError ? 'unreadable' : 'another error'
  }
}
