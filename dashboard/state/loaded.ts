/** What a page asked for: kept while it is asked again, so a page does not blink, and never shown as current when it is not. */
import { useSignal, type ReadonlySignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

import { ask, failureOf, type Failure } from './api.ts'

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T; readonly atMs: number }
  | { readonly state: 'failed'; readonly failure: Failure; readonly last: T | undefined }

export interface Loading<T> {
  readonly loaded: ReadonlySignal<Loaded<T>>
  readonly reload: () => void
  /** Puts an answer that a change gave in its place. */
  readonly put: (value: T) => void
}

/**
 * @param path asked at once and whenever it changes; null asks nothing
 * @param everyMs asked again so often while the page is seen, never twice at once
 */
export function useLoaded<T>(path: string | null, everyMs?: number): Loading<T> {
  const loaded = useSignal<Loaded<T>>({ state: 'loading' })
  const again = useRef<() => void>(() => undefined)
  const put = (value: T): void => {
    loaded.value = { state: 'ready', value, atMs: Date.now() }
  }
  useEffect(() => {
    if (path === null) return
    let isGone = false
    let isAsking = false
    const load = async (): Promise<void> => {
      if (isAsking) return
      isAsking = true
      try {
        const value = await ask<T>(path)
        if (!isGone) put(value)
      } catch (error) {
        const before = loaded.value
        const last = before.state === 'ready' ? before.value : before.state === 'failed' ? before.last : undefined
        if (!isGone) loaded.value = { state: 'failed', failure: failureOf(error), last }
      }
      isAsking = false
    }
    again.current = () => void load()
    loaded.value = { state: 'loading' }
    void load()
    const timer = everyMs === undefined ? undefined : window.setInterval(() => document.hidden || void load(), everyMs)
    return () => {
      isGone = true
      window.clearInterval(timer)
    }
  }, [path, everyMs])
  return { loaded, reload: () => again.current(), put }
}
