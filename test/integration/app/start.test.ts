import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

const ENTRY = join(import.meta.dirname, '../../../app/start.mjs')

/** Runs the entry script on this Node, which first takes itself for another one. */
function startAs(pretence: string) {
  const preload = `data:text/javascript,${encodeURIComponent(pretence)}`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', preload, ENTRY], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

const version = (node: string) => `Object.defineProperty(process, 'versions', { value: { node: '${node}' } })`

describe('the entry script', () => {
  it.each(['12.22.12', '20.20.2', '22.14.0'])('says in one sentence that Node %s is too old', (node) => {
    expect(startAs(version(node))).toEqual({
      status: 1,
      stdout: '',
      stderr:
        `Node ${node} is too old: this needs Node 22.15 or newer; ` +
        '`npm start` uses the Node 24 that `npm ci` installs.\n',
    })
  })

  it('says so when Node does not run TypeScript by itself', () => {
    const untyped = `Object.defineProperty(process.features, 'typescript', { value: false })`
    const { status, stderr } = startAs(`${version('22.15.0')}; ${untyped}`)
    expect(status).toBe(1)
    expect(stderr).toMatch(/^Node 22\.15\.0 does not run TypeScript by itself; .*\n$/)
  })
})
