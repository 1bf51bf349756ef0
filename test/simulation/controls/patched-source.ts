/**
 * Loads source with one protection taken out: a named change of one file, made as the file is imported. The text to replace
 * must occur exactly once, or the import fails: a control that changes nothing proves nothing.
 *
 * Loaded with `node --import`, before the simulation; HOLDFAST_SIMULATION_CONTROL names the control.
 */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { controls } from './controls.ts'

const root = resolve(import.meta.dirname, '../../..')

function takeOut(name: string): void {
  const control = controls.find((one) => one.name === name)
  if (!control) throw new Error(`There is no control named ${name}`)
  const unmade = new Set(control.changes)
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const path = url.startsWith('file:') ? relative(root, fileURLToPath(url)) : ''
      const changes = control.changes.filter(({ file }) => file === path)
      if (changes.length === 0) return loaded
      const source = changes.reduce(
        (text, change) => replaceOnce(text, change, name),
        readFileSync(fileURLToPath(url), 'utf8'),
      )
      for (const change of changes) unmade.delete(change)
      return { ...loaded, source }
    },
  })
  process.on('exit', () => {
    if (unmade.size === 0) return
    process.exitCode = 1
    process.stderr.write(`Control ${name}: ${[...unmade].map(({ file }) => file).join(', ')} was never loaded\n`)
  })
}

export interface Change {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** @throws Error when the text does not occur, or more than once */
export function replaceOnce(text: string, { file, from, to }: Change, name: string): string {
  const parts = text.split(from)
  if (parts.length === 2) return parts.join(to)
  throw new Error(`Control ${name}: the text to replace occurs ${parts.length - 1} times in ${file}:\n${from}`)
}

const named = process.env['HOLDFAST_SIMULATION_CONTROL']
if (named) takeOut(named)
