import { describe, expect, it } from 'vitest'

import { createBackground } from '../../../src/cache/background.ts'
import { held } from '../../support/memory-cache.ts'

describe('work in the background', () => {
  it('is waited for by who closes the cache, and by nobody once it is done', async () => {
    const background = createBackground()
    const { loader, calls } = held<void>()
    const did: string[] = []
    background.run(loader().then(() => void did.push('work')))
    await Promise.resolve()
    const settled = background.settled().then(() => did.push('settled'))
    await new Promise(setImmediate)
    expect(did).toEqual([])
    calls[0]?.()
    await settled
    expect(did).toEqual(['work', 'settled'])
    await background.settled()
  })
})
