import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'

// $0 is the process, $1 the folder. `read` ends when the other end of the pipe is closed, which the kernel does for a
// process however it dies. Signals from the terminal are for that process; the guard is what comes after it.
const script = `trap '' HUP INT TERM; read -r _; kill -KILL "$0"; [ -z "$1" ] || rm -rf "$1"`

/**
 * Ends the process `pid`, and removes `folder`, when this process is gone: also after a SIGKILL, which no handler sees.
 *
 * @returns its end: call it as soon as the process has ended by itself, since its pid may then be another's
 */
export function guardProcess(pid: number, folder: string | undefined): () => void {
  const guard = spawn('/bin/sh', ['-c', script, String(pid), folder ?? ''], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a shell the process is not guarded, and works otherwise.
  guard.once('error', () => undefined)
  guard.stdin.once('error', () => undefined)
  guard.unref()
  const pipe = guard.stdin as Socket
  pipe.unref()
  return () => {
    guard.kill('SIGKILL')
  }
}
