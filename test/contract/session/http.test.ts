import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'

import { withSession } from '../../../src/adapter/http.ts'
import { listen } from '../../support/listen.ts'
import { routes, sessionAdapterContract } from './adapter-contract.ts'

sessionAdapterContract('node:http', (sessions) => {
  const listener = withSession(sessions, async (request, response, session) => {
    if (request.url === '/stream') {
      session.set('streamed', true)
      response.writeHead(200, { 'content-type': 'text/plain', 'set-cookie': 'other=1' })
      if (!response.write('a')) await once(response, 'drain')
      response.write('b')
      response.end('c')
      return
    }
    const route = routes.find(({ method, path }) => method === request.method && path === request.url)
    try {
      const answer = await route?.answer(session, await bodyOf(request))
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answer))
    } catch (error) {
      if (error instanceof Error && 'statusCode' in error) throw error
      response.statusCode = 500
      response.end('broken')
    }
  })
  return listen((request, response) => void listener(request, response))
})

async function bodyOf(request: IncomingMessage): Promise<{ readonly user?: string }> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as { user?: string })
}
