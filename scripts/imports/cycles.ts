export interface Edge {
  readonly line: number
  readonly to: string
}

export interface Cycle {
  readonly from: string
  /** The import that closes the cycle. */
  readonly edge: Edge
  /** The files of the cycle, the first one repeated at the end. */
  readonly path: readonly string[]
}

/** Every cycle that a depth-first walk of the imports closes: none are reported exactly when there are none. */
export function findCycles(graph: ReadonlyMap<string, readonly Edge[]>): readonly Cycle[] {
  const cycles: Cycle[] = []
  const finished = new Set<string>()
  const walking: string[] = []

  const visit = (file: string): void => {
    if (finished.has(file)) return
    walking.push(file)
    for (const edge of graph.get(file) ?? []) {
      const start = walking.indexOf(edge.to)
      if (start === -1) visit(edge.to)
      else cycles.push({ from: file, edge, path: [...walking.slice(start), edge.to] })
    }
    walking.pop()
    finished.add(file)
  }

  for (const file of graph.keys()) visit(file)
  return cycles
}
