import { StoreError } from '../base/errors.ts'

/** Turns what the client library threw into a StoreError whose message says what to look at. Never repeats a password. */
export function toStoreError(cause: unknown, address: string): StoreError {
  if (cause instanceof StoreError) return cause
  return new StoreError(sentenceFor(cause, address), { cause })
}

function sentenceFor(cause: unknown, address: string): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (text.startsWith('NOAUTH'))
    return `Redis at ${address} needs a password: write it into the URL, redis://:password@host:port`
  if (/^WRONGPASS|invalid password/i.test(text)) return `Redis at ${address} refused the user name or password`
  if (text.startsWith('NOPERM'))
    return `Redis at ${address} does not permit this user a command that Holdfast needs: ${text}`
  if (code === 'ECONNREFUSED') return `Nothing listens at ${address}: is Redis running there?`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The host of ${address} cannot be found: is its name right?`
  if (code === 'ETIMEDOUT' || text === 'connect ETIMEDOUT')
    return `${address} did not answer in time: is a firewall between?`
  if (/isn't writeable|Connection is closed|ECONNRESET|EPIPE/.test(`${text} ${code}`))
    return `The connection to Redis at ${address} is lost`
  return `Redis at ${address} answered: ${text}`
}
