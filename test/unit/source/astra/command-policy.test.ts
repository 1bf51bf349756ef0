import { describe, expect, it } from 'vitest'

import { knownCommands, policyOf, policyOfOther } from '../../../../src/source/astra/command-policy.ts'
import { readCommand } from '../../../../src/source/astra/data-api-command.ts'

const docs = 'a/ks.c/docs'
const all = 'a/ks.c'
const schema = 'a/ks/schema'
const id = (text: string) => `a/ks.c:${text}`
const whole = [docs, all, schema]

const at = {
  collection: 'http://db/api/json/v1/ks/c',
  keyspace: 'http://db/v1/ks',
  database: 'http://db/v1',
}

function policy(url: string, body: object | string, method = 'POST') {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const command = readCommand({ url, method, body: text })
  return command ? policyOf('a', command) : policyOfOther('a', method)
}

type Reads = 'documents' | 'query' | 'search' | 'schema'

const reads: readonly (readonly [object, Reads, readonly string[], (keyof typeof at)?])[] = [
  [{ findOne: { filter: { _id: 'x' } } }, 'documents', [id('x'), docs]],
  [{ findOne: { filter: { _id: { $eq: 'x' }, n: 1 } } }, 'documents', [id('x'), docs]],
  [{ findOne: { filter: { _id: { $date: 7 } } } }, 'documents', [id('7'), docs]],
  [{ findOne: { filter: { _id: null } } }, 'documents', [id('null'), docs]],
  [{ findOne: { filter: {} } }, 'query', [all]],
  [{ findOne: {} }, 'query', [all]],
  [{ findOne: { filter: { n: 1 } } }, 'query', [all]],
  [{ findOne: { filter: { _id: { $ne: 'x' } } } }, 'query', [all]],
  [{ findOne: { filter: { _id: { $gt: 1, $lt: 3 } } } }, 'query', [all]],
  [{ findOne: { filter: { $and: [{ _id: 'x' }] } } }, 'query', [all]],
  [{ find: { filter: { _id: { $in: ['x', 2] } }, sort: { n: -1 } } }, 'documents', [id('x'), id('2'), docs]],
  [{ find: { filter: { _id: { $in: Array.from({ length: 21 }, (_, n) => n) } } } }, 'query', [all]],
  [{ find: { filter: { _id: { $in: [{ $gt: 1 }] } } } }, 'query', [all]],
  [{ find: { sort: { $vector: [1] } } }, 'search', [all]],
  [{ find: { filter: { _id: 'x' }, sort: { $vectorize: 'text' } } }, 'search', [all]],
  [{ find: { sort: { embedding: [0.1] } } }, 'search', [all]],
  [{ findAndRerank: { sort: { $hybrid: 'x' } } }, 'search', [all]],
  [{ countDocuments: { filter: { _id: 'x' } } }, 'documents', [id('x'), docs]],
  [{ countDocuments: { filter: {} } }, 'query', [all]],
  [{ estimatedDocumentCount: {} }, 'query', [all]],
  [{ listIndexes: {} }, 'schema', [schema]],
  [{ findCollections: {} }, 'schema', [schema], 'keyspace'],
  [{ listTables: {} }, 'schema', [schema], 'keyspace'],
  [{ listTypes: {} }, 'schema', [schema], 'keyspace'],
  [{ findKeyspaces: {} }, 'schema', ['a/schema'], 'database'],
  [{ findEmbeddingProviders: {} }, 'schema', ['a/schema'], 'database'],
  [{ findRerankingProviders: {} }, 'schema', ['a/schema'], 'database'],
]

const keyspaceChange = { tags: ['a/schema', schema], pattern: 'a/ks[.:]*' }
const databaseChange = { pattern: 'a/*' }

const writes: readonly (readonly [object, object, (keyof typeof at)?])[] = [
  [{ insertOne: { document: { _id: 'x' } } }, { tags: [id('x'), all] }],
  [{ insertOne: { document: { n: 1 } } }, { tags: [all] }],
  [{ insertMany: { documents: [{ _id: 1 }, {}, { _id: 1 }] } }, { tags: [id('1'), all] }],
  [{ insertMany: { documents: [{ _id: { odd: 1 } }] } }, { tags: whole }],
  [{ insertMany: {} }, { tags: whole }],
  [{ updateOne: { filter: { _id: 'x' }, update: { $set: { n: 1 } } } }, { tags: [id('x'), all] }],
  [{ updateOne: { filter: { _id: 'x' }, update: { $setOnInsert: { _id: 'y' } } } }, { tags: whole }],
  [{ updateOne: { filter: { n: 1 }, update: {} } }, { tags: whole }],
  [{ updateMany: { filter: { _id: { $in: ['x', 'y'] } }, update: {} } }, { tags: [id('x'), id('y'), all] }],
  [{ updateMany: { filter: {}, update: {} } }, { tags: whole }],
  [{ findOneAndUpdate: { filter: { _id: 'x' }, update: {} } }, { tags: [id('x'), all] }],
  [{ findOneAndReplace: { filter: { _id: 'x' }, replacement: { _id: 'y' } } }, { tags: [id('x'), id('y'), all] }],
  [{ findOneAndReplace: { filter: { n: 1 }, replacement: {} } }, { tags: whole }],
  [{ findOneAndDelete: { filter: { _id: 'x' } } }, { tags: [id('x'), all] }],
  [{ deleteOne: { filter: { _id: 'x' } } }, { tags: [id('x'), all] }],
  [{ deleteMany: { filter: {} } }, { tags: whole }],
  [{ alterTable: { operation: {} } }, { tags: whole }],
  [{ createIndex: { name: 'i' } }, { tags: whole }],
  [{ createVectorIndex: { name: 'i' } }, { tags: whole }],
  [{ createTextIndex: { name: 'i' } }, { tags: whole }],
  [{ somethingNew: {} }, { tags: whole }],
  [{ constructor: {} }, { tags: whole }],
  [{ createCollection: { name: 'c' } }, { tags: whole }, 'keyspace'],
  [{ deleteCollection: { name: 'c' } }, { tags: whole }, 'keyspace'],
  [{ createTable: { name: 'c' } }, { tags: whole }, 'keyspace'],
  [{ dropTable: { name: 'c' } }, { tags: whole }, 'keyspace'],
  [{ dropTable: {} }, keyspaceChange, 'keyspace'],
  [{ dropIndex: { name: 'i' } }, keyspaceChange, 'keyspace'],
  [{ createType: { name: 't' } }, keyspaceChange, 'keyspace'],
  [{ alterType: { name: 't' } }, keyspaceChange, 'keyspace'],
  [{ dropType: { name: 't' } }, keyspaceChange, 'keyspace'],
  [{ somethingNew: {} }, keyspaceChange, 'keyspace'],
  [{ createKeyspace: { name: 'ks' } }, { tags: ['a/schema'] }, 'database'],
  [{ dropKeyspace: { name: 'ks' } }, keyspaceChange, 'database'],
  [{ dropKeyspace: {} }, databaseChange, 'database'],
  [{ somethingNew: {} }, databaseChange, 'database'],
]

describe('the policy of commands', () => {
  it.for(reads)('reads: %j', ([body, kind, tags, level = 'collection']) => {
    expect(policy(at[level], body)).toEqual({ kind: 'read', reads: kind, tags })
  })

  it.for(writes)('writes: %j', ([body, invalidates, level = 'collection']) => {
    expect(policy(at[level], body)).toEqual({ kind: 'write', invalidates })
  })

  it('is tested for every command that it knows', () => {
    const tested = new Set([...reads, ...writes].flatMap(([body]) => Object.keys(body)))
    expect(knownCommands.filter((name) => !tested.has(name))).toEqual([])
  })

  it.for([
    ['https://api.astra.datastax.com/v2/databases/x/keyspaces/ks', 'DELETE', ''],
    ['http://db/v1/ks/c/more', 'POST', '{"findOne":{}}'],
    ['http://db/v1/ks/c', 'POST', '{"findOne":{},"deleteOne":{}}'],
    ['http://db/v1/ks/c', 'POST', 'not JSON'],
  ] as const)('takes what is no command for a write of everything: %j', ([url, method, body]) => {
    expect(policy(url, body, method)).toEqual({ kind: 'write', invalidates: databaseChange })
  })

  it('passes on what only looks', () => {
    expect(policy('https://api.astra.datastax.com/v2/databases', '', 'GET')).toEqual({ kind: 'pass' })
  })

  it('knows a path of its own', () => {
    const asked = { url: 'http://db/data/v9/ks/c', method: 'POST', body: '{"findOne":{}}' }
    expect(readCommand(asked)).toBeUndefined()
    expect(readCommand(asked, '/data/v9/')).toMatchObject({ name: 'findOne', keyspace: 'ks', collection: 'c' })
  })
})
