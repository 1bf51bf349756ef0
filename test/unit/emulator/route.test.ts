import { describe, expect, it } from 'vitest'

import { parseTarget } from '../../../emulator/src/route.ts'

describe('a path', () => {
  it.each(['/v1', '/api/json/v1'])('under %s leads to the database, a keyspace or a collection', (base) => {
    expect(parseTarget(base)).toEqual({ level: 'database' })
    expect(parseTarget(`${base}/ks`)).toEqual({ level: 'keyspace', keyspace: 'ks' })
    expect(parseTarget(`${base}/ks/coll`)).toEqual({ level: 'collection', keyspace: 'ks', collection: 'coll' })
  })

  it.each(['/', '/v2', '/v1x', '/api/v1', '/v1/ks/coll/more', '/x/v1/ks'])('%s leads nowhere', (path) => {
    expect(parseTarget(path)).toBeUndefined()
  })
})
