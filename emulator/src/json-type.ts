/** JSON as it came off the wire. Nothing here is ever changed in place: an update makes a new document. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [field: string]: Json
}
