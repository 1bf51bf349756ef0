/** Pages one after another by cursors: the way back is the cursors that were taken, since no server remembers them. */
import type { Signal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'

interface PagerProps {
  /** The cursors of the pages that were gone through; the last is that of this page. None: the first page. */
  readonly trail: Signal<readonly string[]>
  /** The cursor of the page after this one. */
  readonly next: string | null
  readonly backward: string
  readonly forward: string
  /** What is said of this page. */
  readonly note: ComponentChildren
  /** Further buttons. */
  readonly children?: ComponentChildren
}

export function Pager({ trail, next, backward, forward, note, children }: PagerProps): JSX.Element {
  return (
    <div class="row">
      <span class="muted grow">{note}</span>
      <button
        type="button"
        disabled={trail.value.length === 0}
        onClick={() => (trail.value = trail.value.slice(0, -1))}
      >
        {backward}
      </button>
      <button
        type="button"
        disabled={next === null}
        onClick={() => next !== null && (trail.value = [...trail.value, next])}
      >
        {forward}
      </button>
      {children}
    </div>
  )
}
