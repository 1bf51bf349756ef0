import type { Config } from '../../config/config.ts'
import { describeConfig } from '../../config/describe-config.ts'
import { print, type CommandContext } from '../command.ts'
import { ExitCode } from '../exit-code.ts'
import { table } from '../table.ts'

type Context = Pick<CommandContext, 'terminal' | 'json'>

/** Says that the configuration is complete and right; what is wrong was told by loading it. */
export function checkConfig(context: Context, config: Config): ExitCode {
  const { environment, namespace } = config
  print(context, { ok: true, environment, namespace }, () => [
    `The configuration for ${environment} is right (namespace ${namespace})`,
  ])
  return ExitCode.ok
}

/** Every setting, its value and where it came from. Secrets are `***`. */
export function printConfig(context: Context, config: Config): ExitCode {
  const rows = describeConfig(config)
  print(context, { rows }, () =>
    table(
      [{ title: 'SETTING' }, { title: 'VALUE' }, { title: 'FROM' }],
      rows.map(({ path, value, source }) => [path, value, source]),
    ),
  )
  return ExitCode.ok
}
