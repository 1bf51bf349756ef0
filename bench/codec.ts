/**
 * What storing a value costs, step by step, on JSON documents of several sizes: compression by zstd, gzip and brotli at
 * their fastest (size and µs both ways), and entries plain, compressed and sealed. Writes results/codec.json.
 */
import { measureCodecs, measureCompression } from './parts/codecs.ts'
import { machineFacts } from './support/machine.ts'
import { keepResult, print } from './support/result.ts'

const SIZES_BYTES = [1024, 4096, 16_384, 65_536, 262_144]
const machine = machineFacts()
const compression = SIZES_BYTES.flatMap(measureCompression)
for (const { bytes, method, ratio, writeUs, readUs } of compression) {
  print(
    `${String(bytes).padStart(7)} B  ${method.padEnd(9)} ${ratio.toFixed(3)} of the size  ${writeUs.toFixed(1).padStart(8)} µs down  ${readUs.toFixed(1).padStart(8)} µs up`,
  )
}
const entries = []
for (const bytes of SIZES_BYTES) {
  for (const cell of await measureCodecs(bytes)) {
    entries.push(cell)
    print(
      `${String(bytes).padStart(7)} B  ${cell.codec.padEnd(9)} encode ${cell.encodeUs.toFixed(1).padStart(8)} µs  decode ${cell.decodeUs.toFixed(1).padStart(8)} µs  unparsed ${cell.rawUs.toFixed(1).padStart(8)} µs`,
    )
  }
}
await keepResult('codec', { machine, compression, entries })
