import { keyspaces, type Command, type CommandContext } from '../command.ts'
import { readFields } from '../fields.ts'

export const findKeyspaces: Command<CommandContext> = (_context, body) => {
  readFields(body, 'findKeyspaces', [])
  return { status: { keyspaces } }
}
