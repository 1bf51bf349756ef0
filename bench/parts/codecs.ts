import { randomBytes } from 'node:crypto'
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'

import { createCodec } from '../../src/codec/codec.ts'
import { resolveCodecOptions, type CodecOptions } from '../../src/codec/options.ts'
import { median } from '../support/statistics.ts'
import { documentOf } from './documents.ts'
import { randomFrom } from './random.ts'

const ROUNDS = 15
const ROUND_MS = 8

export interface CompressionCell {
  readonly bytes: number
  readonly method: string
  readonly ratio: number
  readonly writeUs: number
  readonly readUs: number
}

export function measureCompression(bytes: number): readonly CompressionCell[] {
  const text = Buffer.from(JSON.stringify(documentOf('requirement', bytes, randomFrom(bytes))))
  const methods = {
    'zstd 1': [
      () => zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
      (small: Buffer) => zstdDecompressSync(small),
    ],
    'gzip 1': [() => gzipSync(text, { level: 1 }), (small: Buffer) => gunzipSync(small)],
    'brotli 1': [
      () => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
      (small: Buffer) => brotliDecompressSync(small),
    ],
  } as const
  return Object.entries(methods).map(([method, [write, read]]) => {
    const small = write()
    return {
      bytes,
      method,
      ratio: small.length / text.length,
      writeUs: microseconds(write),
      readUs: microseconds(() => read(small)),
    }
  })
}

export interface CodecCell {
  readonly bytes: number
  readonly codec: string
  readonly encodeUs: number
  readonly decodeUs: number
  readonly rawUs: number
}

const CODECS: Readonly<Record<string, CodecOptions>> = {
  plain: { compress: false },
  zstd: { compress: { threshold: 0 } },
  sealed: { encrypt: { keys: { a: randomBytes(32) } } },
}
const HEADER = {
  stamp: { epoch: 'abcdefghijk', position: 1_800_000_000_000_001 },
  tags: ['requirement:42'],
  freshUntilMs: 1_800_000_360_000,
  goneAtMs: 1_800_000_720_000,
  loadCostMs: 12.345,
}

export async function measureCodecs(bytes: number): Promise<readonly CodecCell[]> {
  const value = documentOf('requirement', bytes, randomFrom(bytes))
  const cells: CodecCell[] = []
  for (const [name, options] of Object.entries(CODECS)) {
    const codec = createCodec(resolveCodecOptions(options, 1_048_576), 'bench')
    const entry = await codec.encode('k', HEADER, codec.serialise(value))
    cells.push({
      bytes,
      codec: name,
      encodeUs: await microsecondsOf(() => codec.encode('k', HEADER, codec.serialise(value))),
      decodeUs: await microsecondsOf(() => codec.decode('k', entry)),
      rawUs: await microsecondsOf(() => codec.decodeRaw('k', entry)),
    })
  }
  return cells
}

function microseconds(work: () => unknown): number {
  return median(
    Array.from({ length: ROUNDS }, () => {
      let times = 0
      const began = performance.now()
      while (performance.now() - began < ROUND_MS) {
        work()
        times += 1
      }
      return ((performance.now() - began) * 1000) / times
    }),
  )
}

async function microsecondsOf(work: () => unknown): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    let times = 0
    const began = performance.now()
    while (performance.now() - began < ROUND_MS) {
      const done = work()
      if (done instanceof Promise) await done
      times += 1
    }
    rounds.push(((performance.now() - began) * 1000) / times)
  }
  return median(rounds)
}
