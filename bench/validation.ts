/**
 * Whether keeping what a schema says of a document that is at hand would pay: what validating it costs, beside what only the
 * key for it would cost (its text and the hash of that), and a read of Redis. All in one run, in turns.
 */
import { createHash } from 'node:crypto'

import { createRedis } from 'holdfast'
import { privateRedis } from 'holdfast/testing'

import { createSchemas } from '../app/src/schema-validation/schemas.ts'
import { createAjv } from '../app/src/validation.ts'
import { machineFacts } from './support/machine.ts'
import { keepResult, print } from './support/result.ts'
import { median } from './support/statistics.ts'

const SIZES = [1, 50, 200, 1000] as const
const ROUNDS = 40
const ROUND_MS = 20

interface Row {
  readonly requirements: number
  readonly bytes: number
  readonly validateUs: number
  readonly keyUs: number
  readonly redisUs: number
}

const { validate } = createSchemas(createAjv()).requirements
await using server = await privateRedis()
const redis = createRedis({ url: server.url })
await redis.ready()

const rows: Row[] = []
for (const size of SIZES) rows.push(await measure(size))
for (const row of rows)
  print(
    `${String(row.requirements).padStart(5)} requirements, ${String(row.bytes).padStart(7)} B: validate ${us(row.validateUs)}; ` +
      `key ${us(row.keyUs)} + a read of Redis ${us(row.redisUs)} = ${costOfAHit(row).toFixed(2)} of that`,
  )
await keepResult('validation', { machine: machineFacts(), rows })
await redis.close()
// A hit that costs more than what it saves: nothing can be won by keeping.
if (!rows.every((row) => costOfAHit(row) > 1)) process.exitCode = 1

/** What a hit would cost, as a share of what it would save. */
function costOfAHit({ validateUs, keyUs, redisUs }: Row): number {
  return (keyUs + redisUs) / validateUs
}

async function measure(size: number): Promise<Row> {
  const document = documentOf(size)
  if (!validate(document)) throw new Error(`The document is not valid: ${JSON.stringify(validate.errors?.slice(0, 2))}`)
  const samples = { validate: [] as number[], key: [] as number[], redis: [] as number[] }
  for (let round = 0; round < ROUNDS; round += 1) {
    samples.validate.push(timed(() => validate(document)))
    samples.key.push(timed(() => createHash('sha256').update(JSON.stringify(document)).digest('hex')))
    samples.redis.push(await timedAsync(() => redis.get('hf:validation:none')))
  }
  return {
    requirements: size,
    bytes: JSON.stringify(document).length,
    validateUs: median(samples.validate),
    keyUs: median(samples.key),
    redisUs: median(samples.redis),
  }
}

/** Microseconds of one call. */
function timed(work: () => unknown): number {
  const began = performance.now()
  let calls = 0
  while (performance.now() < began + ROUND_MS) {
    work()
    calls += 1
  }
  return ((performance.now() - began) * 1000) / calls
}

async function timedAsync(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  let calls = 0
  while (performance.now() < began + ROUND_MS) {
    await work()
    calls += 1
  }
  return ((performance.now() - began) * 1000) / calls
}

function documentOf(size: number): object {
  const functional = Array.from({ length: size }, (_none, at) => ({
    id: `FR-${String(at).padStart(4, '0').slice(-4)}`,
    title: `Requirement ${at}`,
    description: 'What is required, in about as many words as people take for it.',
    priority: 'high',
    category: 'functionality',
    estimate_hours: 12,
  }))
  return {
    title: 'Measured',
    version: '1.0.0',
    description: 'A document to be measured',
    requirements: { functional, non_functional: [] },
    metadata: { version_id: 1, author: 'ada', timestamp: '2026-01-01T00:00:00Z' },
  }
}

function us(microseconds: number): string {
  return `${microseconds.toFixed(microseconds < 10 ? 2 : 0)} µs`
}
