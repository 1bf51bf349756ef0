/*
 * One Redis Sentinel. It keeps what it has learnt in its configuration file, so that a restarted one goes on where it was.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort } from '../../src/testing/free-port.ts'
import { guardProcess } from '../../src/testing/guard.ts'
import type { RedisBinary } from '../../src/testing/index.ts'
import { askRedis } from './redis-admin.ts'
import { eventually } from './eventually.ts'

export interface SentinelProcess {
  readonly host: string
  readonly port: number
  /** Ends it at once and starts it again on the same port. */
  restart(): Promise<void>
  kill(): Promise<void>
  /** Asks it one command. */
  call(...command: readonly (string | number)[]): Promise<unknown>
  stop(): Promise<void>
}

const host = '127.0.0.1'

/** Starts a sentinel with these lines of configuration. */
export async function startSentinel(binary: RedisBinary, lines: readonly string[]): Promise<SentinelProcess> {
  const port = await freePort(host)
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-sentinel-'))
  const file = join(folder, 'sentinel.conf')
  await writeFile(file, [`bind ${host}`, `port ${port}`, `dir ${folder}`, ...lines, ''].join('\n'))
  let running = await run(binary, file, port)
  const kill = async (): Promise<void> => {
    running.child.kill('SIGKILL')
    await running.exited
  }
  return {
    host,
    port,
    async restart() {
      await kill()
      running = await run(binary, file, port)
    },
    kill,
    call: (...command) => askRedis(port, ...command),
    async stop() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function run(
  binary: RedisBinary,
  file: string,
  port: number,
): Promise<{ child: ChildProcess; exited: Promise<void> }> {
  const child = spawn(binary.path, [file, '--sentinel'], {
    env: { ...process.env, ...binary.env },
    detached: true,
    stdio: 'ignore',
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const disarm = child.pid === undefined ? () => undefined : guardProcess(child.pid, undefined)
  void exited.then(disarm)
  await eventually(() => askRedis(port, 'PING'), { what: `a sentinel on port ${port}` })
  // It looks for replicas every ten seconds otherwise, longer than all the rest of a test. A failover looks every second.
  await askRedis(port, 'SENTINEL', 'DEBUG', 'INFO-PERIOD', 500)
  return { child, exited }
}
