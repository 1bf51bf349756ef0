/** Names and their values, one beside the other. */
import type { ComponentChildren, JSX } from 'preact'

export function Facts({ facts }: { readonly facts: readonly (readonly [string, ComponentChildren])[] }): JSX.Element {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

interface TileProps {
  readonly title: string
  readonly value: string
  readonly note: string
  readonly level?: 'warning' | 'critical' | undefined
}

/** One figure, large. */
export function Tile({ title, value, note, level }: TileProps): JSX.Element {
  return (
    <div class={`tile ${level ?? ''}`}>
      <h2>{title}</h2>
      <p class="figure">{value}</p>
      <p class="muted">{note}</p>
    </div>
  )
}

export function Panel({
  title,
  side,
  children,
}: {
  readonly title: string
  readonly side?: ComponentChildren
  readonly children: ComponentChildren
}): JSX.Element {
  return (
    <section class="panel">
      <header>
        <h2>{title}</h2>
        {side}
      </header>
      {children}
    </section>
  )
}
