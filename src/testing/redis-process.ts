/*
 * One run of a Redis server, from its start until its end.
 *
 * It has a process group of its own, so that Ctrl-C in a terminal reaches only the program that started it, and a guard,
 * so that it ends when that program does. It never keeps that program running.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Socket } from 'node:net'

import type { RedisBinary } from './find-redis.ts'
import { guardProcess } from './guard.ts'
import { ping } from './ping.ts'
import { RedisStartError } from './redis-start-error.ts'

export type RedisSignal = 'SIGSTOP' | 'SIGCONT' | 'SIGKILL' | 'SIGTERM'

export interface RedisProcess {
  readonly pid: number
  readonly exited: Promise<void>
  /** Sends a signal; one to a process that has ended is lost. */
  signal(name: RedisSignal): void
}

export interface RedisProcessOptions {
  readonly host: string
  readonly port: number
  readonly folder: string
  readonly maxMemory: string
  readonly policy: string
  readonly args: readonly string[]
  /** Removed by the guard when this process dies with the server running. */
  readonly temporaryFolder: string | undefined
}

type Child = ChildProcessByStdio<null, Readable, Readable>

const startDeadlineMs = 30_000
const keptOutput = 8192

/** Starts a server and resolves when it answers. @throws RedisStartError */
export async function startRedisProcess(binary: RedisBinary, options: RedisProcessOptions): Promise<RedisProcess> {
  const { host, port, folder } = options
  const child = spawn(binary.path, serverArguments(options), {
    cwd: folder,
    env: { ...process.env, ...binary.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const disarm = child.pid === undefined ? () => undefined : guardProcess(child.pid, options.temporaryFolder)
  void exited.then(disarm)
  try {
    await announced(child, port)
    await ping({ host, port })
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  release(child)
  return {
    pid: child.pid ?? 0,
    exited,
    signal(name) {
      // Whoever ends it may wait for that, with nothing else left to wait for.
      if (name === 'SIGKILL' || name === 'SIGTERM') child.ref()
      child.kill(name)
    },
  }
}

/** The command line. What the caller adds comes last, where it overrules ours. */
export function serverArguments(options: Omit<RedisProcessOptions, 'temporaryFolder'>): readonly string[] {
  const { host, port, folder, maxMemory, policy, args } = options
  return [
    ['--bind', host],
    ['--port', String(port)],
    ['--dir', folder],
    ['--save', ''],
    ['--appendonly', 'no'],
    ['--maxmemory', maxMemory],
    ['--maxmemory-policy', policy],
    args,
  ].flat()
}

/** Resolves when the server says that it accepts connections. Asking its port instead could be answered by another one. */
function announced(child: Child, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (error: RedisStartError) => {
      clearTimeout(deadline)
      reject(error)
    }
    const deadline = setTimeout(() => {
      reject(startError('silent', port, output))
    }, startDeadlineMs)
    const hear = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-keptOutput)
      if (!output.includes('Ready to accept connections')) return
      clearTimeout(deadline)
      resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', (cause) => fail(startError('not-run', port, cause.message, { cause })))
    // Not 'exit': its last words may still be in the pipe then.
    child.once('close', () => fail(startError(isPortTaken(output) ? 'port-taken' : 'ended', port, output)))
  })
}

/** Whether a server that ended said that its port belongs to something else. */
export function isPortTaken(output: string): boolean {
  return /address (already )?in use/i.test(output)
}

function startError(failure: RedisStartError['failure'], port: number, output: string, options?: ErrorOptions) {
  const what = {
    'port-taken': `port ${port} is taken`,
    ended: 'it ended by itself',
    silent: `it said nothing of accepting connections within ${startDeadlineMs} ms`,
    'not-run': 'the program could not be run',
  }[failure]
  const tail = output.trim().split('\n').slice(-8).join('\n')
  return new RedisStartError(failure, `A private Redis did not start on port ${port}: ${what}.\n${tail}`, options)
}

// Its output goes on being read, or the pipe would fill and stall it.
function release(child: Child): void {
  child.unref()
  for (const pipe of [child.stdout as Socket, child.stderr as Socket]) {
    pipe.removeAllListeners('data').resume()
    pipe.unref()
  }
}
