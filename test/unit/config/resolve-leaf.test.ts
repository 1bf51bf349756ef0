import { describe, expect, it } from 'vitest'

import { valueLayer, variableLayer, writtenLayer } from '../../../src/config/layers.ts'
import { leaves } from '../../../src/config/leaves.ts'
import type { Problem } from '../../../src/config/problems.ts'
import { resolveLeaf } from '../../../src/config/resolve-leaf.ts'
import { createVariables } from '../../../src/config/variables.ts'

function resolve(path: string, written: unknown, env: Record<string, string> = {}) {
  const problems: Problem[] = []
  const report = (problem: Problem) => problems.push(problem)
  const variables = createVariables(env, '.', report)
  const leaf = leaves.find((leaf) => leaf.path === path)
  if (leaf === undefined) throw new Error(`no such setting: ${path}`)
  const layers = [valueLayer({}, ''), variableLayer(variables), writtenLayer(written, 'file f')]
  return { resolved: resolveLeaf(leaf, layers, variables, report), problems }
}

describe('a setting', () => {
  it('is what the first layer that gives it says, with its source and its level', () => {
    const written = { redis: { port: 1 } }
    expect(resolve('redis.port', written).resolved).toEqual({ value: 1, source: 'file f', level: 2 })
    expect(resolve('redis.port', written, { HOLDFAST_REDIS_PORT: '2' }).resolved).toEqual({
      value: 2,
      source: 'env HOLDFAST_REDIS_PORT',
      level: 1,
    })
  })

  it('is absent where no layer gives it', () => {
    expect(resolve('redis.port', {})).toEqual({ resolved: undefined, problems: [] })
  })

  it('is a number in a file, not a text that looks like one; variables hold texts', () => {
    expect(resolve('redis.port', { redis: { port: '1' } }).problems).toEqual([
      { path: 'redis.port', what: 'must be a whole number from 1 to 65535, got "1"', source: 'file f' },
    ])
    expect(resolve('redis.port', { redis: { port: '${P}' } }, { P: '1' }).resolved?.value).toBe(1)
  })

  it('is told once, however many checks it fails', () => {
    expect(resolve('redis.port', { redis: { port: -1.5 } }).problems).toHaveLength(1)
  })

  it('that has been put together from variables is shown as it was written', () => {
    const { problems } = resolve('redis.port', { redis: { port: '${P}' } }, { P: 'hunter2' })
    expect(problems[0]?.what).toBe('must be a whole number from 1 to 65535, got "${P}"')
  })

  it('that is a secret is masked, and may stand in a file', () => {
    expect(resolve('redis.password', { redis: { password: 5 } }).problems[0]?.what).toBe(
      'must be a text that is not empty, got ***',
    )
    const { resolved } = resolve('redis.password', { redis: { password: '${P}' } }, { P_FILE: import.meta.filename })
    expect(resolved?.value).toContain('may stand in a file')
  })

  it('that is none looks for no file beside the variable it names', () => {
    const { problems } = resolve('redis.host', { redis: { host: '${P}' } }, { P_FILE: import.meta.filename })
    expect(problems).toMatchObject([
      { what: 'needs the variable P, which is not set', advice: 'set P or HOLDFAST_REDIS_HOST' },
    ])
  })

  it('in a list is told by its place, and every one of them', () => {
    const sentinels = [{ host: 'a', port: 0 }, { host: 'b' }, { host: '' }, { host: 'c', colour: 1 }]
    const { problems } = resolve('redis.sentinel.sentinels', { redis: { sentinel: { sentinels } } })
    expect(problems.map(({ path }) => path)).toEqual([
      'redis.sentinel.sentinels.0.port',
      'redis.sentinel.sentinels.2.host',
    ])
  })

  it('that could not be had is told once, where it was looked for', () => {
    const both = { REDIS_PASSWORD: 'a', REDIS_PASSWORD_FILE: 'b' }
    const { resolved, problems } = resolve('redis.password', { redis: { password: '${REDIS_PASSWORD}' } }, both)
    expect(resolved).toBeUndefined()
    expect(problems.map(({ path }) => path)).toEqual(['REDIS_PASSWORD'])
  })
})
