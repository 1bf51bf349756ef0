/** From page to page of a list that only says where its next page begins: the way back is the places that were come by. */
import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'

interface PagerProps {
  /** Where the pages begin that lead to this one; empty on the first. */
  readonly places: Signal<readonly string[]>
  /** Where the next one begins; null on the last. */
  readonly next: string | null
  readonly back: string
  readonly on: string
}

export function Pager({ places, next, back, on }: PagerProps): JSX.Element {
  return (
    <>
      <button
        type="button"
        disabled={places.value.length === 0}
        onClick={() => (places.value = places.value.slice(0, -1))}
      >
        {back}
      </button>
      <button
        type="button"
        disabled={next === null}
        onClick={() => next !== null && (places.value = [...places.value, next])}
      >
        {on}
      </button>
    </>
  )
}
