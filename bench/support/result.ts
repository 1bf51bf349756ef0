import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Keeps what a benchmark found beside the others: bench/results/<name>.json. */
export async function keepResult(name: string, result: object): Promise<void> {
  const folder = join(import.meta.dirname, '..', 'results')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`)
}
