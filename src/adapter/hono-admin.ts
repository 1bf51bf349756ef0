/** The admin API for Hono: `app.all('/ops/cache/*', honoAdmin(admin, '/ops/cache'))` and the same without the star. */
import type { Context } from 'hono'

import type { Admin } from '../admin/admin.ts'

/**
 * A handler that answers by the admin API.
 *
 * @param basePath the path that it is reached by. @default any: the end of the path decides
 * @param addressOf the other end of the connection. @default what @hono/node-server knows; on other platforms nobody, and
 * then nobody counts as local
 */
export function honoAdmin(
  admin: Admin,
  basePath?: string,
  addressOf: (context: Context) => string | undefined = nodeAddress,
): (context: Context) => Promise<Response> {
  return (context) => admin.fetch(context.req.raw, { remoteAddress: addressOf(context), basePath })
}

interface NodeBindings {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } }
}

function nodeAddress(context: Context): string | undefined {
  return (context.env as NodeBindings | undefined)?.incoming?.socket?.remoteAddress
}
