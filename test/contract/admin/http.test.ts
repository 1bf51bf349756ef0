import { adminListener } from '../../../src/adapter/http.ts'
import { listen } from '../../support/listen.ts'
import type { Admin } from '../../../src/admin/index.ts'
import { adminAdapterContract } from './admin-contract.ts'

const serve = (basePath?: string) => (admin: Admin) => {
  const answer = adminListener(admin, basePath)
  return listen((request, response) => void answer(request, response))
}

adminAdapterContract('node:http', serve('/ops/cache'))
adminAdapterContract('node:http that says no path', serve())
