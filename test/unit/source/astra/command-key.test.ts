import { describe, expect, it } from 'vitest'

import { commandKey, scopeOfHeaders } from '../../../../src/source/astra/command-key.ts'
import { readCommand } from '../../../../src/source/astra/data-api-command.ts'

const url = 'http://db/v1/ks/c'

function key(body: string, { scope = 's', at = url } = {}): string {
  const command = readCommand({ url: at, method: 'POST', body })
  if (!command) throw new Error(`not a command: ${body}`)
  return commandKey({ alias: 'a', command, url: at, scope })
}

describe('the key of a read', () => {
  it('tells where it reads and how', () => {
    expect(key('{"findOne":{}}')).toMatch(/^a\/ks\.c:findOne:[\w-]{43}$/)
  })

  it.for([
    ['{"find":{"filter":{"a":1,"b":2}}}', '{"find":{"filter":{"b":2,"a":1}}}'],
    ['{"find":{"filter":{},"options":{}}}', '{"find":{}}'],
    ['{"find":{"options":{"includeSimilarity":false,"includeSortVector":false}}}', '{"find":{}}'],
    ['{"find":{"options":{"limit":3,"skip":1}}}', '{"find":{"options":{"skip":1,"limit":3}}}'],
    ['{"find":{"options":{"pageState":"x"}}}', '{"find":{}}'],
    ['{"find":{"sort":{"a":1},"filter":{"b":1}}}', '{"find":{"filter":{"b":1},"sort":{"a":1}}}'],
  ] as const)('is one for %s and %s', ([one, other]) => {
    expect(key(one)).toBe(key(other))
  })

  it.for([
    ['{"find":{"sort":{"a":1,"b":1}}}', '{"find":{"sort":{"b":1,"a":1}}}'],
    ['{"find":{"filter":{"a":{"x":1,"y":2}}}}', '{"find":{"filter":{"a":{"y":2,"x":1}}}}'],
    ['{"find":{"filter":{"n":9007199254740993}}}', '{"find":{"filter":{"n":9007199254740992}}}'],
    ['{"find":{"filter":{"n":1}}}', '{"find":{"filter":{"n":"1"}}}'],
    ['{"find":{"filter":{"n":1}}}', '{"findOne":{"filter":{"n":1}}}'],
    ['{"find":{"projection":{"a":1}}}', '{"find":{"projection":{"a":0}}}'],
    ['{"find":{"options":{"includeSimilarity":true}}}', '{"find":{}}'],
    ['{"find":{"options":{"limit":1}}}', '{"find":{"options":{"limit":2}}}'],
  ] as const)('differs between %s and %s', ([one, other]) => {
    expect(key(one)).not.toBe(key(other))
  })

  it('differs between databases and those who ask', () => {
    const body = '{"findOne":{}}'
    expect(new Set([key(body), key(body, { scope: 't' }), key(body, { at: 'http://other/v1/ks/c' })]).size).toBe(3)
  })

  it('takes everything for a scope that may change an answer', () => {
    const token = { Token: 'T', 'User-Agent': 'x' }
    expect(scopeOfHeaders(token)).toBe(scopeOfHeaders({ token: 'T', 'user-agent': 'y' }))
    const scopes = [token, { token: 'U' }, { ...token, 'x-embedding-api-key': 'k' }, { ...token, feature: 'on' }]
    expect(new Set(scopes.map(scopeOfHeaders)).size).toBe(scopes.length)
  })
})
