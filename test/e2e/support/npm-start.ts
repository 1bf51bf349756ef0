/**
 * `npm start` as a person runs it: a process of its own in a terminal's process group, with nothing but the environment.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

export const ROOT = join(import.meta.dirname, '../../..')

export interface Started {
  /** What it has printed so far. */
  readonly output: () => string
  /** Resolves to the match once it has been printed; rejects when the process ends without it. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>
  /** Ctrl-C: the signal reaches every process of the group. */
  readonly interrupt: () => void
  readonly ended: Promise<{ readonly exitCode: number | null; readonly complaint: string }>
  readonly processes: () => readonly number[]
  /** What is left in the folder for temporary files. */
  readonly temporaryFiles: () => Promise<readonly string[]>
}

export async function start(environment: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<Started> {
  const temporary = await mkdtemp(join(tmpdir(), 'holdfast-e2e-'))
  const child = spawn('npm', ['start', '--', ...args], {
    cwd: ROOT,
    detached: true,
    env: { ...withoutSettings(process.env), TMPDIR: temporary, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [output, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  // npm itself may have something to say about the machine's settings.
  const complaint = () => errors.replaceAll(/^npm (?:warn|notice).*\n/gm, '')
  const ended = once(child, 'close').then(() => ({ exitCode: child.exitCode, complaint: complaint() }))
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) signalGroup(child, 'SIGKILL')
    await ended
    await rm(temporary, { recursive: true, force: true })
  })
  return {
    output: () => output,
    printed: async (pattern) => {
      for (;;) {
        const match = pattern.exec(output)
        if (match) return match
        if (child.exitCode !== null) throw new Error(`It ended without printing ${String(pattern)}: ${output}${errors}`)
        await Promise.race([once(child.stdout, 'data'), ended])
      }
    },
    interrupt: () => signalGroup(child, 'SIGINT'),
    ended,
    processes: () => groupOf(child),
    temporaryFiles: async () => (await readdir(temporary)).filter((name) => !name.startsWith('node-compile-cache')),
  }
}

function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours =
    /^(?:PORT|HOST|REDIS_URL|ASTRA_.*|ADMIN_TOKEN|USER_TOKEN|EMULATOR_.*|HOLDFAST_.*|NODE_OPTIONS|npm_.*|VITEST.*)$/
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)))
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal)
}

/** The processes that descend from a child, by the table of all processes. */
function groupOf({ pid }: ChildProcess): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  const table = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  const found = pid === undefined ? [] : [pid]
  for (const parent of found) for (const [one, ppid] of table) if (ppid === parent && one) found.push(one)
  return found
}
