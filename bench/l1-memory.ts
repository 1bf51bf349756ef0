/**
 * Whether the bytes that the memory store counts are those that the heap grows by: JSON documents of four shapes, 200 B to
 * 10 KB, each in a process of its own with --expose-gc. Prints real over counted, writes results/l1-memory.json, and exits
 * with 1 when one is off by more than a tenth.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { SHAPES } from './parts/documents.ts'
import { machineFacts } from './support/machine.ts'
import { keepResult, print } from './support/result.ts'

interface Filled {
  readonly entries: number
  readonly accounted: number
  readonly grown: number
}

const SIZES_BYTES = [200, 1000, 10_000]
const machine = machineFacts()
const cells = []
for (const shape of SHAPES) {
  for (const bytes of SIZES_BYTES) {
    const script = join(import.meta.dirname, 'parts', 'l1-heap.ts')
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, shape, String(bytes)])
    const filled = JSON.parse(stdout) as Filled
    const ratio = filled.grown / filled.accounted
    const perEntry = {
      real: Math.round(filled.grown / filled.entries),
      counted: Math.round(filled.accounted / filled.entries),
    }
    cells.push({ shape, bytes, entries: filled.entries, perEntry, ratio })
    print(
      `${shape.padEnd(12)} ${String(bytes).padStart(6)} B  ${String(filled.entries).padStart(7)} entries  ${perEntry.real} B each, ${perEntry.counted} counted  real/counted ${ratio.toFixed(3)}`,
    )
  }
}
const held = cells.every(({ ratio }) => Math.abs(ratio - 1) <= 0.1)
print(`${held ? 'held  ' : 'MISSED'}  the heap grows by what is counted, within a tenth`)
await keepResult('l1-memory', { machine, cells, held })
process.exitCode = held ? 0 : 1
