import { adminListener } from '../../../src/adapter/http.ts'
import { listen } from '../../support/listen.ts'
import { adminAdapterContract } from './admin-contract.ts'

adminAdapterContract('node:http', (admin) => listen(adminListener(admin, '/ops/cache')))
adminAdapterContract('node:http that says no path', (admin) => listen(adminListener(admin)))
