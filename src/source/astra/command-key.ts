/**
 * The key of a read. Two requests that the database answers alike have one key: members of `filter` and `options` may stand
 * in any order and what is off is as if it were absent. Nothing else is touched, since the order of a sort, of a nested
 * document in an equality and of a projection is meaning. Values are compared as text: no number is ever parsed.
 *
 *     <alias>/<keyspace>.<collection>:<command>:<SHA-256 of url, scope and command>
 *
 * The scope stands for who asks: two tokens with different rights must not share answers. Only the hash leaves the process.
 */
import { hash } from 'node:crypto'

import type { DataApiCommand } from './data-api-command.ts'
import { membersOf, objectOf } from './raw-json.ts'

/** Headers that say how a request is sent, and nothing about its answer. */
const NEUTRAL: ReadonlySet<string> = new Set([
  'user-agent',
  'content-type',
  'content-length',
  'accept',
  'accept-encoding',
  'connection',
])

/** Options that are off when they are absent. */
const OFF: ReadonlySet<string> = new Set(['includeSimilarity', 'includeSortVector', 'includeScores'])

export interface KeyParts {
  readonly alias: string
  readonly command: DataApiCommand
  readonly url: string
  readonly scope: string
}

export function commandKey({ alias, command, url, scope }: KeyParts): string {
  const { name, keyspace, collection } = command
  const place = keyspace === undefined ? '' : collection === undefined ? keyspace : `${keyspace}.${collection}`
  const text = JSON.stringify([url, scope, name, canonicalBody(command)])
  return `${alias}/${place}:${name}:${hash('sha256', text, 'base64url')}`
}

/** Everything in the headers that may change an answer: tokens, keys of embedding services, what a user added. */
export function scopeOfHeaders(headers: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !NEUTRAL.has(name))
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  )
}

/** The command without its `pageState`: all pages of a find have one key. */
export function canonicalBody({ body }: DataApiCommand): string {
  const members = [...body].map(([name, value]) => [name, canonicalMember(name, value)] as const)
  return objectOf(sortedByName(members.filter(([, value]) => value !== '{}')))
}

function canonicalMember(name: string, value: string): string {
  if (!value.startsWith('{') || (name !== 'filter' && name !== 'options')) return value
  const members = [...membersOf(value)]
  if (name === 'filter') return objectOf(sortedByName(members))
  return objectOf(
    sortedByName(
      members.filter(([option, given]) => option !== 'pageState' && !(OFF.has(option) && given === 'false')),
    ),
  )
}

function sortedByName<Pair extends readonly [string, string]>(members: readonly Pair[]): readonly Pair[] {
  return members.toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
}
