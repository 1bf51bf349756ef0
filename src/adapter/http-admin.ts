/** The admin API on a server of node:http, without a framework. */
import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Admin } from '../admin/admin.ts'
import { answerByAdmin } from './node-admin.ts'

/**
 * A request listener for the admin API.
 *
 * @param basePath the path that it is reached by, such as `/ops/cache`. @default any: the end of the path decides
 */
export function adminListener(
  admin: Admin,
  basePath?: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return (request, response) => answerByAdmin(admin, request, response, { url: request.url ?? '/', basePath })
}
