import express from 'express'

import { expressAdmin } from '../../../src/adapter/express.ts'
import { listen } from '../../support/listen.ts'
import { adminAdapterContract } from './admin-contract.ts'

adminAdapterContract('Express', (admin) => {
  const app = express()
  app.use('/ops/cache', expressAdmin(admin))
  return listen(app)
})

adminAdapterContract('Express that reads bodies first', (admin) => {
  const app = express()
  app.use(express.json({ limit: '1mb' }))
  app.use('/ops/cache', expressAdmin(admin))
  return listen(app)
})
