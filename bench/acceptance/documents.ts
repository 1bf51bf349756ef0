/**
 * A folder of documents to import: the System Reference Document where it lies beside the checkout, and otherwise documents
 * of about its shapes and sizes, made from a seed.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { randomOf, type Random } from './mix.ts'

export interface Documents {
  readonly folder: string
  /** What they are, for those who read the figures. */
  readonly what: string
  readonly remove: () => Promise<void>
}

const REAL = join(import.meta.dirname, '../../../shared/data/srd')
const SEED = 5

/** @param given a folder to take in place of both */
export async function obtainDocuments(given?: string): Promise<Documents> {
  const what = 'the System Reference Document 5.1'
  if (given !== undefined) return { folder: given, what: 'the documents of ACCEPTANCE_DATA', remove: async () => {} }
  if (existsSync(REAL)) return { folder: REAL, what, remove: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-documents-'))
  const random = randomOf(SEED)
  for (const { file, count, paragraphs } of KINDS) {
    const documents = Array.from({ length: count }, (_none, at) => documentOf(random, at, paragraphs))
    await writeFile(join(folder, file), JSON.stringify(documents))
  }
  return {
    folder,
    what: 'documents made from a seed',
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

const KINDS = [
  { file: 'Monsters.json', count: 330, paragraphs: 9 },
  { file: 'Spells.json', count: 320, paragraphs: 4 },
  { file: 'Magic-Items.json', count: 360, paragraphs: 3 },
  { file: 'Equipment.json', count: 240, paragraphs: 1 },
] as const

const WORDS =
  'acid ancient arrow black blade bright candle circle cloud crystal dragon dread elder ember frost giant goblin golden hammer hollow hunter iron kobold lantern mirror moon night oaken paladin raven river rune shadow silver spirit storm thorn tower troll warden water winter wizard wolf'.split(
    ' ',
  )

function documentOf(random: Random, at: number, paragraphs: number): object {
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] ?? ''
  const sentence = (): string => Array.from({ length: 60 }, word).join(' ')
  const name = `${word()} ${word()} ${word()}`
  return {
    index: `${name.replaceAll(' ', '-')}-${at}`,
    name,
    desc: Array.from({ length: 1 + Math.floor(random() * paragraphs) }, sentence),
    level: Math.floor(random() * 20),
    kind: { index: word(), tags: [word(), word()] },
  }
}
