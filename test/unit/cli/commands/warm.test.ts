import { describe, expect, it } from 'vitest'

import type { WarmStatus } from '../../../../src/admin/contract/invalidation.ts'
import { warm } from '../../../../src/cli/commands/warm.ts'

const status = (state: WarmStatus['state'], done: number): WarmStatus => ({
  state,
  steps: ['books'],
  done,
  failed: 0,
  total: 4,
  startedAtMs: 1,
  finishedAtMs: null,
  by: null,
  failures: [],
})

async function watched({ isInteractive }: { isInteractive: boolean }) {
  const answers = [status('running', 0), status('running', 2), status('done', 4)]
  const said: string[] = []
  const written: string[] = []
  const code = await warm(
    {
      terminal: {
        out: (text) => void written.push(text),
        say: (text) => void said.push(text),
        isInteractive,
        columns: 80,
        ask: async () => '',
        styled: (_style, text) => text,
        signal: new AbortController().signal,
      },
      admin: { ask: async <T>() => answers.shift() as T, text: async () => '', close: async () => undefined },
      json: false,
      nowMs: () => 1,
      pause: async () => undefined,
    },
    { steps: [], status: false },
  )
  return { code, said, written }
}

describe('holdfast warm', () => {
  it('draws its bar below what stands there, and then over itself', async () => {
    const { code, said, written } = await watched({ isInteractive: true })
    expect(said).toEqual([
      '[..............................] 0 of 4',
      '\u001b[1A\u001b[2K[###############...............] 2 of 4',
    ])
    expect(written).toEqual(['done: 4 of 4 entries, 0 failed'])
    expect(code).toBe(0)
  })

  it('draws none where nobody looks', async () => {
    expect((await watched({ isInteractive: false })).said).toEqual([])
  })
})
