import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { leaves } from '../../src/config/leaves.ts'
import { memberOf } from '../../src/config/layers.ts'
import { profiles } from '../../src/config/profiles.ts'
import { formatAddress, type RedisAddress } from '../../src/redis/url.ts'
import { root } from './support/clone.ts'

const page = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8')

/** The rows of the page's tables of settings: setting, what it takes, default, variables, meaning. */
const rows = page
  .split('\n')
  .filter((line) => /^\| `[a-z]+(\.[A-Za-z]+)*` +\|/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )

/** A default as the page writes it. */
function written(value: unknown): string {
  if (value === undefined || value === null) return 'none'
  if (!Array.isArray(value)) return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
  return value.length === 0
    ? 'none'
    : (value as RedisAddress[]).map((address) => `\`${formatAddress(address)}\``).join(', ')
}

function defaultOf(path: string): string {
  if (path === 'environment') return '`dev`'
  const each = Object.entries(profiles).map(([name, profile]) => {
    return [name, written(path.split('.').reduce<unknown>(memberOf, profile))] as const
  })
  const [first] = each.map(([, text]) => text)
  return each.every(([, text]) => text === first)
    ? (first ?? '')
    : each.map(([name, text]) => `${name}: ${text}`).join('<br>')
}

describe('the reference page of the configuration', () => {
  it('has a row for every setting, and no other', () => {
    expect(rows).toHaveLength(leaves.length)
    expect(new Set(rows.map(([path]) => path))).toEqual(new Set(leaves.map(({ path }) => `\`${path}\``)))
  })

  it.each(leaves.map((leaf) => [leaf.path, leaf] as const))(
    'tells the default, the variable and the meaning of %s',
    (path, leaf) => {
      const [, takes, ...told] = rows.find(([name]) => name === `\`${path}\``) ?? []
      expect(told).toEqual([
        defaultOf(path),
        leaf.variables.map((name) => `\`${name}\``).join('<br>'),
        leaf.description,
      ])
      expect(takes).not.toBe('')
    },
  )
})

describe('config.schema.json', () => {
  it('is what the schema of the code says', () => {
    const check = ['scripts/write-config-schema.ts', '--check']
    const { status, stderr } = spawnSync(process.execPath, check, { cwd: root, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})
