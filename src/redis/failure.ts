/**
 * What can go wrong with Redis, by kind. The list is closed on purpose: what is not on it is not Redis's failure but a bug,
 * and a bug passes through every layer that degrades gracefully.
 */
import { StoreError, type FailureKind } from '../base/errors.ts'

const BY_REPLY: readonly (readonly [prefix: RegExp, kind: FailureKind])[] = [
  [/^(NOAUTH|WRONGPASS|ERR invalid password|ERR AUTH|ERR Client sent AUTH)/, 'auth'],
  [/^NOPERM/, 'permission'],
  [/^(OOM|ERR OOM)/, 'oom'],
  [/^(READONLY|NOREPLICAS|MASTERDOWN|UNKILLABLE)/, 'readonly'],
  [/^(LOADING|BUSY)/, 'loading'],
  [/^(MOVED|ASK|CLUSTERDOWN|TRYAGAIN|CROSSSLOT)/, 'cluster'],
  [/^NOSCRIPT/, 'script'],
]

const CONNECTION_CODES = new Set(
  'ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ENOTFOUND EAI_AGAIN ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOENT EACCES'.split(
    ' ',
  ),
)
// The client library gives these no code.
const CONNECTION_TEXTS =
  /isn't writeable|Connection is closed|Command aborted due to connection close|connect ETIMEDOUT|Socket timeout|Too many Cluster redirections|All sentinels are unreachable|Failed to refresh slots cache|Cluster (is ended|is closed|isn't ready)|None of startup nodes|Protocol error|max retries per request|Sentinel .* disconnected|role error|Stream connection ended|socket disconnected before secure TLS/i

// A slot moved between the gathering of a pipeline and its sending; the client knows better a moment later.
const MOVING_SLOT = /should belong to the same slots? allocation group/

/** The kind of a failure of Redis; undefined when the error is not one. */
export function failureOf(error: unknown): FailureKind | undefined {
  if (error instanceof StoreError) return error.failure
  if (!(error instanceof Error)) return undefined
  if (error.message === 'Command timed out') return 'timeout'
  if (MOVING_SLOT.test(error.message)) return 'cluster'
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || /CERT|SELF_SIGNED|UNABLE_TO_/.test(code) || code.startsWith('ERR_SSL'))
    return 'tls'
  if (CONNECTION_CODES.has(code) || CONNECTION_TEXTS.test(error.message)) return 'connection'
  if (error.name !== 'ReplyError' && error.name !== 'ClusterAllFailedError') return undefined
  return (
    BY_REPLY.find(([prefix]) => prefix.test(error.message))?.[1] ??
    (error.name === 'ReplyError' ? 'reply' : 'connection')
  )
}

/** Turns a failure of Redis into a StoreError whose message says what to look at; anything else comes back as it is. */
export function toStoreError(cause: unknown, address: string): unknown {
  const failure = failureOf(cause)
  if (failure === undefined || cause instanceof StoreError) return cause
  const safe = withoutArguments(cause)
  return new StoreError(failure, sentenceFor(failure, safe, address), { cause: safe })
}

/**
 * The client library hangs the command on an error, arguments and all, and a server repeats those of a command it does not
 * know: passwords of AUTH, values of entries. Whoever logs an error must not log them.
 */
function withoutArguments(cause: unknown): Error & { readonly code?: unknown } {
  if (!(cause instanceof Error)) return new Error(String(cause))
  const safe = new Error(cause.message.replace(/,? with args beginning with:.*$/s, ''))
  safe.name = cause.name
  return 'code' in cause ? Object.assign(safe, { code: cause.code }) : safe
}

function sentenceFor(failure: FailureKind, cause: Error, address: string): string {
  const code = 'code' in cause ? String(cause.code) : ''
  if (failure === 'auth') return authSentence(cause.message, address)
  if (failure === 'permission')
    return `Redis at ${address} does not permit this user a command that Holdfast needs: ${cause.message}`
  if (failure === 'oom')
    return `The memory of Redis at ${address} is full: raise maxmemory, or let it evict (volatile-ttl)`
  if (failure === 'readonly')
    return `Redis at ${address} takes no writes (${cause.message}): is it a replica, or fenced off from its replicas?`
  if (failure === 'loading') return `Redis at ${address} is busy or still loading: ${cause.message}`
  if (failure === 'cluster') return `The cluster of ${address} cannot serve this slot now: ${cause.message}`
  if (failure === 'tls')
    return `The TLS certificate of ${address} was refused (${code || cause.message}): give its CA, or the host name it was made for`
  if (failure === 'timeout') return `Redis at ${address} did not answer in time`
  if (failure === 'connection') return connectionSentence(code, cause.message, address)
  return `Redis at ${address} answered: ${cause.message}`
}

function authSentence(text: string, address: string): string {
  if (text.startsWith('NOAUTH'))
    return `Redis at ${address} needs a password: write it into the URL, redis://:password@host:port`
  return `Redis at ${address} refused the user name or password`
}

function connectionSentence(code: string, text: string, address: string): string {
  if (code === 'ECONNREFUSED') return `Nothing listens at ${address}: is Redis running there?`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The host of ${address} cannot be found: is its name right?`
  if (code === 'ENOENT' || code === 'EACCES')
    return `The socket at ${address} cannot be opened: is Redis running, and may this user open it?`
  if (/ETIMEDOUT/.test(`${code} ${text}`))
    return `${address} did not answer in time: is a firewall between${address.startsWith('rediss') ? ', or does it not speak TLS on this port' : ''}?`
  if (/Failed to refresh slots cache/.test(text))
    return `None of the nodes of ${address} answers: are they running, and may this user ask for CLUSTER SLOTS?`
  if (/sentinels are unreachable/.test(text))
    return `None of the sentinels of ${address} answers, or none knows the service by this name`
  return `The connection to Redis at ${address} is lost`
}
