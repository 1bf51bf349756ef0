import type { AdminCommand } from '../command.ts'
import { ExitCode } from '../exit-code.ts'

/** The metrics as Prometheus reads them. */
export const metrics: AdminCommand<object> = async ({ admin, terminal }) => {
  terminal.out((await admin.text({ path: 'metrics' })).trimEnd())
  return ExitCode.ok
}
