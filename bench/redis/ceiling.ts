import { execFile } from 'node:child_process'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

import type { RedisBinary } from 'holdfast/testing'

import { KEYS, prefixOf } from './fill.ts'

const execute = promisify(execFile)

export interface CeilingOptions {
  readonly port: number
  readonly sizeBytes: number
  readonly inFlight: number
}

/**
 * GETs per second of redis-benchmark on one connection: what this server can give at most. It is written in C, sends each
 * batch in one write and looks at none of the answers.
 */
export async function ceiling(server: RedisBinary, { port, sizeBytes, inFlight }: CeilingOptions): Promise<number> {
  const program = join(dirname(server.path), basename(server.path).replace('-server', '-benchmark'))
  // About a tenth of a second each.
  const requests = inFlight === 1 ? 4000 : sizeBytes > 5000 ? 10_000 : 50_000
  const options = ['-p', String(port), '-c', '1', '-P', String(inFlight), '-n', String(requests), '-r', String(KEYS)]
  const { stdout } = await execute(program, [...options, '--csv', 'GET', `${prefixOf(sizeBytes)}__rand_int__`], {
    env: { ...process.env, ...server.env },
  })
  const perSecond = Number(/^"GET [^"]*","([\d.]+)"/m.exec(stdout)?.[1])
  if (!(perSecond > 0)) throw new Error(`${program} reported no rate:\n${stdout}`)
  return perSecond
}
