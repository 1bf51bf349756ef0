import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

interface Where {
  readonly cwd: string
}

/** What `command` wrote to stdout; a failure carries both outputs, since npm and the linters explain themselves there. */
export async function run(command: string, args: readonly string[], { cwd }: Where): Promise<string> {
  try {
    const { stdout } = await execute(command, args, { cwd, env: environment(), maxBuffer: 64 * 1024 * 1024 })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')} failed in ${cwd}:\n${stdout}\n${stderr}`, { cause: error })
  }
}

/** The standard output of a script on the Node that runs the tests. */
export function runNode(args: readonly string[], where: Where): Promise<string> {
  return run(process.execPath, args, where)
}

// Under `npm test` the environment names this clone as the project of every npm, and a condition or a loader
// in NODE_OPTIONS would make a stranger's project resolve what a stranger would not.
function environment(): NodeJS.ProcessEnv {
  const { npm_config_local_prefix: _prefix, NODE_OPTIONS: _options, ...rest } = process.env
  return { ...rest, NO_COLOR: '1' }
}
