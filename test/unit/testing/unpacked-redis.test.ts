import { describe, expect, it } from 'vitest'

import { isMultiarch } from '../../../src/testing/unpacked-redis.ts'

describe('a folder of libraries', () => {
  it.each(['x86_64-linux-gnu', 'aarch64-linux-gnu', 'arm-linux-gnueabihf', 'riscv64-linux-gnu'])(
    'is known by its architecture: %s',
    (name) => expect(isMultiarch(name)).toBe(true),
  )

  it.each(['systemd', 'tmpfiles.d', 'linux-gnu', 'x86_64-linux-gnu.conf'])('is not any other: %s', (name) =>
    expect(isMultiarch(name)).toBe(false),
  )
})
