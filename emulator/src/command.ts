import type { Collection } from './collection.ts'
import type { Reply } from './envelope.ts'
import type { JsonObject } from './json.ts'
import type { Store } from './store.ts'

/** The keyspaces there are; they cannot be created or dropped. */
export const keyspaces: readonly string[] = ['default_keyspace', 'other_keyspace']

/** What a command may use. */
export interface CommandContext {
  readonly store: Store
  readonly pageSize: number
  /** The wall clock when the command began. */
  readonly nowMs: number
}

export interface KeyspaceContext extends CommandContext {
  readonly keyspace: string
}

export interface CollectionContext extends CommandContext {
  readonly collection: Collection
}

/** A command's work, given what stands under its name in the request. It throws a DataApiError when it cannot be done. */
export type Command<Context extends CommandContext> = (context: Context, body: JsonObject) => Reply
