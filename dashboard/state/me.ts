/** Who is asking and what they may do here; it decides which buttons there are. The API refuses the rest all the same. */
import { signal } from '@preact/signals'

import type { Me, Permission } from '../../src/admin/contract/access.ts'
import { ask, failureOf, type Failure } from './api.ts'

export type MeState =
  | { readonly state: 'loading' }
  | { readonly state: 'known'; readonly me: Me }
  | { readonly state: 'failed'; readonly failure: Failure }

export const meState = signal<MeState>({ state: 'loading' })

export async function loadMe(): Promise<void> {
  try {
    meState.value = { state: 'known', me: await ask<Me>('api/me') }
  } catch (error) {
    meState.value = { state: 'failed', failure: failureOf(error) }
  }
}

export function me(): Me | undefined {
  return meState.value.state === 'known' ? meState.value.me : undefined
}

/** Whether to offer what changes something. */
export function may(permission: Permission): boolean {
  const known = me()
  return known !== undefined && !known.readOnly && known.permissions.includes(permission)
}

/** Stands in every change: a page of one deployment that reaches another is refused. */
export function here(): { readonly environment?: string } {
  const known = me()
  return known ? { environment: known.environment.label } : {}
}
