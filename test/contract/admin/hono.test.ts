import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'

import { honoAdmin } from '../../../src/adapter/hono.ts'
import { listen } from '../../support/listen.ts'
import { adminAdapterContract } from './admin-contract.ts'

adminAdapterContract('Hono', (admin) => {
  const app = new Hono()
  app.all('/ops/cache', honoAdmin(admin, '/ops/cache'))
  app.all('/ops/cache/*', honoAdmin(admin, '/ops/cache'))
  return listen((request, response) => void getRequestListener(app.fetch)(request, response))
})
