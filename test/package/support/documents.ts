import { readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'

import { repositoryFiles, root } from './clone.ts'

/** A page of the documentation, by its path relative to the root. */
export interface Page {
  readonly path: string
  readonly text: string
}

/** Where a page points to: a file, and a heading in it when the link names one. */
export interface Link {
  readonly from: string
  readonly path: string
  readonly anchor: string | undefined
}

/** The pages at the root and below docs/. */
export async function readPages(): Promise<readonly Page[]> {
  const paths = (await repositoryFiles()).filter((path) => /^(?:[^/]+|docs\/.+)\.md$/.test(path)).sort()
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })))
}

/** The links of a page into this repository. */
export function linksOf({ path: from, text }: Page): readonly Link[] {
  const prose = withoutCode(text)
  const inline = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
  const byName = [...prose.matchAll(/^\[[^\]]+\]: (\S+)$/gm)]
  return [...inline, ...byName]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#')
      return { from, path: path === '' ? from : normalize(join(dirname(from), path)), anchor }
    })
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf({ text }: Page): ReadonlySet<string> {
  const headings = withoutFences(text).matchAll(/^#+ (.+)$/gm)
  return new Set([...headings].map(([, heading = '']) => slug(heading)))
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

/** The blocks of a page that are marked `ts`. */
export function codeOf({ text }: Page): readonly string[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code)
}

/** The first table below each heading of the second level: its rows, without the row of titles, as cells. */
export function tablesOf({ text }: Page): ReadonlyMap<string, readonly (readonly string[])[]> {
  const sections = text.split(/^## /m).slice(1)
  return new Map(sections.map((section) => [section.split('\n')[0] ?? '', rowsOf(section)]))
}

function rowsOf(section: string): readonly (readonly string[])[] {
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  // The titles and the line below them.
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

function withoutFences(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, '')
}

function withoutCode(text: string): string {
  return withoutFences(text).replaceAll(/`[^`\n]*`/g, '')
}
