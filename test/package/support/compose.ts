import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { parse } from 'yaml'

import { examples } from './redis-examples.ts'

export interface Service {
  readonly image: string
  readonly command: readonly string[]
  readonly volumes: readonly string[]
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>
}

/** A compose file of the examples; a command written as one text is split as Compose splits it. */
export async function compose(file: string): Promise<Compose> {
  const text = await readFile(join(examples, file), 'utf8')
  const { services } = parse(text, { merge: true }) as {
    services: Record<string, Service & { command: string | readonly string[] }>
  }
  const split = Object.entries(services).map(([name, { command, ...rest }]) => [
    name,
    { ...rest, command: typeof command === 'string' ? command.trim().split(/\s+/) : command },
  ])
  return { services: Object.fromEntries(split) as Compose['services'] }
}
