/**
 * What a list of devices shows of a session. It is sealed with the key ring alone, since whoever asks for the list holds
 * the cookie of one of the devices only; so it says nothing that the session's data should keep.
 */
import type { Login, SessionDocument } from './document.ts'
import { parseSafely } from './plain-json.ts'

export interface DeviceMeta {
  readonly label: string
  readonly createdMs: number
  readonly loginAtMs: number
  readonly endsMs: number
}

export const META = 'session-meta'

export function writeMeta({ createdMs, endsMs }: SessionDocument, { label, atMs }: Login): string {
  return JSON.stringify([label, createdMs, atMs, endsMs])
}

/** @returns undefined for anything but what {@link writeMeta} writes */
export function readMeta(text: string): DeviceMeta | undefined {
  const written = parseSafely(text)
  if (!Array.isArray(written)) return undefined
  const [label, createdMs, loginAtMs, endsMs] = written as readonly unknown[]
  if (typeof label !== 'string') return undefined
  if (typeof createdMs !== 'number' || typeof loginAtMs !== 'number' || typeof endsMs !== 'number') return undefined
  return { label, createdMs, loginAtMs, endsMs }
}
