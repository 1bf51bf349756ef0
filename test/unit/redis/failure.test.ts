import { inspect } from 'node:util'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { CircuitOpenError, StoreError, StoreTimeoutError, type FailureKind } from '../../../src/base/errors.ts'
import { failureOf, toStoreError } from '../../../src/redis/failure.ts'

const ADDRESS = 'redis://cache:6379/0'

/** An error reply of the server, as the client library throws it: with the command that it answers. */
function replyError(message: string, args: readonly string[] = []): Error {
  return Object.assign(new Error(message), { name: 'ReplyError', command: { name: 'auth', args } })
}

function systemError(code: string): Error {
  return Object.assign(new Error(`connect ${code} 10.0.0.1:6379`), { code, syscall: 'connect' })
}

const replies: readonly (readonly [reply: string, kind: FailureKind, look: RegExp])[] = [
  ['NOAUTH Authentication required.', 'auth', /needs a password: write it into the URL/],
  ['WRONGPASS invalid username-password pair or user is disabled.', 'auth', /refused the user name or password/],
  ['ERR invalid password', 'auth', /refused the user name or password/],
  ['ERR AUTH <password> called without any password configured for the default user.', 'auth', /refused the user name/],
  ['ERR Client sent AUTH, but no password is set', 'auth', /refused the user name or password/],
  [
    "NOPERM User app has no permissions to run the 'evalsha' command",
    'permission',
    /does not permit .+'evalsha' command/,
  ],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'oom', /memory .+ is full: raise maxmemory/],
  ["READONLY You can't write against a read only replica.", 'readonly', /takes no writes .+ is it a replica/],
  ['NOREPLICAS Not enough good replicas to write.', 'readonly', /takes no writes .+ fenced off from its replicas/],
  ['MASTERDOWN Link with MASTER is down', 'readonly', /takes no writes/],
  ['LOADING Redis is loading the dataset in memory', 'loading', /busy or still loading/],
  ['BUSY Redis is busy running a script.', 'loading', /busy or still loading/],
  ['MOVED 3999 127.0.0.1:6381', 'cluster', /cluster of .+ cannot serve this slot now: MOVED/],
  ['ASK 3999 127.0.0.1:6381', 'cluster', /cannot serve this slot now/],
  ['CLUSTERDOWN The cluster is down', 'cluster', /cannot serve this slot now/],
  ['TRYAGAIN Multiple keys request during rehashing of slot', 'cluster', /cannot serve this slot now/],
  ["CROSSSLOT Keys in request don't hash to the same slot", 'cluster', /cannot serve this slot now/],
  ['NOSCRIPT No matching script.', 'script', /answered: NOSCRIPT/],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', 'reply', /answered: WRONGTYPE/],
  ['ERR unknown command', 'reply', /answered: ERR unknown command/],
]

const connections: readonly (readonly [error: Error, look: RegExp])[] = [
  [systemError('ECONNREFUSED'), /^Nothing listens at redis:\/\/cache:6379\/0: is Redis running there\?$/],
  [systemError('ENOTFOUND'), /host of .+ cannot be found: is its name right\?/],
  [systemError('EAI_AGAIN'), /host of .+ cannot be found/],
  [systemError('ENOENT'), /socket at .+ cannot be opened: is Redis running/],
  [systemError('EACCES'), /socket at .+ cannot be opened.+ may this user open it/],
  [systemError('ETIMEDOUT'), /did not answer in time: is a firewall between\?/],
  [new Error('connect ETIMEDOUT'), /is a firewall between/],
  [new Error('All sentinels are unreachable. Retrying from scratch after 10ms.'), /None of the sentinels .+ answers/],
  [systemError('ECONNRESET'), /^The connection to Redis at .+ is lost$/],
  [systemError('EPIPE'), /is lost$/],
  [systemError('EHOSTUNREACH'), /is lost$/],
  [new Error('Connection is closed.'), /is lost$/],
  [new Error('Command aborted due to connection close'), /is lost$/],
  [new Error("Stream isn't writeable and enableOfflineQueue options is false"), /is lost$/],
  [new Error('Socket timeout. Expecting data, but didn’t receive any in 1000ms.'), /is lost$/],
  [new Error('Failed to refresh slots cache.'), /^None of the nodes of .* answers/],
  [new Error('Too many Cluster redirections. Last error: ReplyError: MOVED 1 h:1'), /is lost$/],
  [Object.assign(new Error('None of startup nodes is available'), { name: 'ClusterAllFailedError' }), /is lost$/],
  [Object.assign(new Error('something of the cluster'), { name: 'ClusterAllFailedError' }), /is lost$/],
]

describe('a failure of Redis', () => {
  it('may be a slot that moved while the client gathered a pipeline', () => {
    const moved = new Error('All keys in the pipeline should belong to the same slots allocation group')
    expect(toStoreError(moved, ADDRESS)).toMatchObject({ failure: 'cluster', cause: expect.any(Error) })
  })

  it.each(replies)('is told by what the server answers: %s', (reply, kind, look) => {
    expect(failureOf(replyError(reply))).toBe(kind)
    const error = toStoreError(replyError(reply), ADDRESS)
    expect(error).toMatchObject({ code: 'ERR_HOLDFAST_STORE', failure: kind, message: expect.stringMatching(look) })
    expect(error).toHaveProperty('message', expect.stringContaining(ADDRESS))
  })

  it.each(connections)('is told by what the connection says: %s', (cause, look) => {
    expect(toStoreError(cause, ADDRESS)).toMatchObject({ failure: 'connection', message: expect.stringMatching(look) })
  })

  it('is told when a certificate is refused, and whose', () => {
    const codes = ['ERR_TLS_CERT_ALTNAME_INVALID', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED']
    for (const code of [
      ...codes,
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'ERR_SSL_WRONG_VERSION_NUMBER',
    ]) {
      const error = toStoreError(Object.assign(new Error('tls'), { code }), ADDRESS)
      expect(error, code).toMatchObject({ failure: 'tls', message: expect.stringContaining(`(${code}): give its CA`) })
    }
  })

  it('is told when the client gave up waiting', () => {
    expect(toStoreError(new Error('Command timed out'), ADDRESS)).toMatchObject({
      failure: 'timeout',
      message: `Redis at ${ADDRESS} did not answer in time`,
    })
  })

  it('keeps what the client said as its cause', () => {
    expect(toStoreError(systemError('ECONNREFUSED'), ADDRESS)).toMatchObject({
      cause: { message: 'connect ECONNREFUSED 10.0.0.1:6379', code: 'ECONNREFUSED' },
    })
    expect(toStoreError(replyError('OOM no'), ADDRESS)).toMatchObject({
      cause: { name: 'ReplyError', message: 'OOM no' },
    })
  })

  it('comes back as it is when it was told already', () => {
    for (const error of [new StoreError('oom', 'm'), new StoreTimeoutError('m'), new CircuitOpenError('m')]) {
      expect(failureOf(error)).toBe(error.failure)
      expect(toStoreError(error, ADDRESS)).toBe(error)
    }
  })
})

describe('what is no failure of Redis', () => {
  it('comes back as it is, so that a bug passes through every layer that degrades', () => {
    const bugs = [
      new TypeError('x is not a function'),
      new Error('READONLY in the text of some other error'),
      'text',
      null,
    ]
    for (const bug of [...bugs, undefined, 5, Object.assign(new Error('m'), { code: 'ERR_INVALID_ARG_TYPE' })]) {
      expect(failureOf(bug)).toBeUndefined()
      expect(toStoreError(bug, ADDRESS)).toBe(bug)
    }
  })
})

describe('a password', () => {
  const passwords = fc.stringMatching(/^[A-Za-z0-9!@#$%^&*:/?]{12,30}$/)
  // As Redis answers a command that it does not know, such as a renamed AUTH: it repeats the arguments.
  const repeated = (password: string): string[] => [
    `ERR unknown command 'AUTH', with args beginning with: 'app' '${password}'`,
    `ERR unknown command \`AUTH\`, with args beginning with: \`${password}\`, `,
    `NOPERM this user has no permissions\nERR unknown command 'HELLO', with args beginning with: '2'\n'${password}'`,
  ]

  it('never occurs in an error, its causes or its properties', () => {
    const texts = replies.map(([reply]) => reply)
    fc.assert(
      fc.property(passwords, fc.constantFrom(...texts.keys()), fc.nat(2), (password, index, form) => {
        for (const text of [texts[index] ?? '', repeated(password)[form] ?? '']) {
          const error = toStoreError(replyError(text, ['app', password]), ADDRESS)
          expect(error).toBeInstanceOf(StoreError)
          expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(password)
        }
      }),
    )
  })

  it('never occurs in the error of a command that a lost connection cut off', () => {
    const command = { name: 'auth', args: ['app', 'hunter2-hunter2'] }
    const cut = Object.assign(new Error('Command aborted due to connection close'), { name: 'AbortError', command })
    const reset = Object.assign(systemError('ECONNRESET'), { command, lastNodeError: cut })
    expect(inspect(toStoreError(reset, ADDRESS), { depth: 20, showHidden: true })).not.toContain('hunter2')
  })
})
