import { describe, expect, it } from 'vitest'

import { aptOptions, packagesToUnpack, reasonOf } from '../../../src/testing/apt.ts'

const simulation = `Reading package lists...
The following NEW packages will be installed:
  libjemalloc2 liblzf1 redis-server redis-tools
Inst libjemalloc2 (5.3.0-1 Debian:12.15/oldstable [amd64])
Inst liblzf1 (3.6-3 Debian:12.15/oldstable [amd64])
Inst redis-tools (5:7.0.15-1 Debian-Security:12/oldstable-security [amd64])
Inst redis-server (5:7.0.15-1 Debian-Security:12/oldstable-security [amd64])
Conf libjemalloc2 (5.3.0-1 Debian:12.15/oldstable [amd64])
`

describe('what is unpacked', () => {
  it('is what apt-get would install', () => {
    expect(packagesToUnpack(simulation, ['redis-server', 'redis-tools'])).toEqual([
      'redis-server',
      'redis-tools',
      'libjemalloc2',
      'liblzf1',
    ])
  })

  it('includes the server where the machine has its package and would install nothing', () => {
    expect(packagesToUnpack('', ['redis-server', 'redis-tools'])).toEqual(['redis-server', 'redis-tools'])
  })

  it('leaves out the C library, which has to be of the same build as the loader', () => {
    const upgrade = 'Inst libc6 [2.36-9] (2.36-10 Debian:12 [amd64])\nInst libc6:i386 (2.36-10)\nInst libc6-x (1)\n'
    expect(packagesToUnpack(upgrade, ['redis-server'])).toEqual(['redis-server', 'libc6-x'])
  })
})

describe('the options of apt-get', () => {
  it("leave the machine's lists where they are", () => {
    expect(aptOptions({ kind: 'machine' }, false).join(' ')).not.toContain('Dir::')
  })

  it('keep lists of our own below our folder, and read which packages are installed from the machine', () => {
    const options = aptOptions({ kind: 'own', folder: '/own' }, false)
    expect(options.filter((option) => option.startsWith('Dir::'))).toEqual([
      'Dir::State=/own/state',
      'Dir::State::status=/var/lib/dpkg/status',
      'Dir::Cache=/own/cache',
    ])
  })

  it('have root download as root, since the user of the sandbox may not write to a home folder', () => {
    expect(aptOptions({ kind: 'machine' }, true)).toContain('APT::Sandbox::User=root')
    expect(aptOptions({ kind: 'machine' }, false)).not.toContain('APT::Sandbox::User=root')
  })
})

describe('the reason of a failed command', () => {
  it('is the first error of apt-get, not its warnings', () => {
    const stderr = 'W: unsandboxed\nE: Unable to locate package redis-server\nE: Broken\n'
    expect(reasonOf({ stderr, message: 'Command failed' })).toBe('Unable to locate package redis-server')
  })

  it('is the last line of any other command, else its message', () => {
    expect(reasonOf({ stderr: 'one\ntwo\n', message: 'Command failed' })).toBe('two')
    expect(reasonOf(new Error('spawn apt-get ENOENT'))).toBe('spawn apt-get ENOENT')
  })
})
