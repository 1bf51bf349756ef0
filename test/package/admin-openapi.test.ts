import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'

import { ROUTES, type RouteName, type RouteShape } from '../../src/admin/index.ts'
import { openAdmin } from '../support/admin.ts'
import { testRedis } from '../support/redis.ts'
import { logIn } from '../support/session-server.ts'
import { root } from './support/clone.ts'
import { runNode } from './support/run.ts'

const server = testRedis()
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')
const routes = Object.entries(ROUTES) as [RouteName, RouteShape][]

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

const documentOf = async (): Promise<Document> => JSON.parse(await read('admin.openapi.json')) as Document

describe('admin.openapi.json', () => {
  it('is what the table of routes and the contract say', async () => {
    const check = ['--conditions=holdfast-source', 'scripts/write-admin-openapi.ts', '--check']
    await expect(runNode(check, { cwd: root })).resolves.toBeDefined()
  })

  it('has every route, and names nothing that is not in it', async () => {
    const document = await documentOf()
    const operations = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    )
    expect(document.openapi).toBe('3.1.0')
    expect(operations.sort()).toEqual(routes.map(([name]) => name).sort())
    const named = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => !(name in document.components.schemas))).toEqual([])
    const answers = routes
      .filter(([, { contentType }]) => contentType === undefined)
      .map(([, { answers: name }]) => name)
    expect(answers.filter((name) => !(name in document.components.schemas))).toEqual([])
  })

  it('describes what is really answered', async () => {
    const document = await documentOf()
    const ajv = new Ajv2020({ strict: false })
    ajv.addSchema(document, 'admin')
    const { ask, cache, sessions } = openAdmin({
      redis: { url: server.url },
      admin: { warmPlan: () => [{ name: 'features', entries: [{ key: 'features:1', load: () => 1 }] }] },
    })
    await cache.family('features', { load: (id: number) => ({ id }), tags: () => ['t'] }).get(1)
    await cache.invalidate({ tags: ['t'], by: 'ada', reason: 'x' })
    await logIn(sessions, 'ada')
    const wrong: string[] = []
    const check = async (name: string, path: string, body?: object): Promise<unknown> => {
      const answered = await ask(path, { ...(body && { body }) })
      const validate = ajv.getSchema(`admin#/components/schemas/${name}`)
      if (!validate) wrong.push(`there is no schema ${name}`)
      else if (!validate(answered.body))
        wrong.push(`${path}: ${ajv.errorsText(validate.errors)} in ${answered.text.slice(0, 300)}`)
      return answered.body
    }
    await check('Me', 'api/me')
    await check('Overview', 'api/overview')
    await check('History', 'api/history')
    await check('ActivityList', 'api/activity')
    await check('FamilyList', 'api/families')
    await check('FamilyDetail', 'api/families/features')
    await check('KeyPageBody', 'api/keys')
    await check('KeyDetail', 'api/keys/features:1')
    await check('InvalidateResponse', 'api/invalidate', { family: 'features', dryRun: true })
    await check('WarmStatus', 'api/warm', {})
    await check('SwitchStatus', 'api/switch', { enabled: true, reason: 'x' })
    await check('TtlPolicy', 'api/ttls')
    await check('SessionsSummary', 'api/sessions')
    await check('UserSessionsBody', 'api/sessions/users/ada')
    await check('RevokeResponse', 'api/sessions/revoke-user', { user: 'ada', reason: 'x' })
    await check('ConnectionsBody', 'api/connections')
    await check('RedisBody', 'api/redis')
    await check('DoctorReport', 'api/doctor')
    await check('AuditPage', 'api/audit')
    await check('ExportBody', 'api/export')
    await check('ProblemBody', 'api/nothing')
    expect(wrong).toEqual([])
  })
})

describe('docs/operations/admin.md', () => {
  it('has every route with its lowest role, every permission and every problem', async () => {
    // The columns of its tables are padded.
    const page = (await read('docs/operations/admin.md')).replace(/ +/g, ' ')
    const { PERMISSIONS } = await import('../../src/admin/index.ts')
    const { STATUS_OF } = await import('../../src/admin/contract/problem.ts')
    const rows = routes.map(([, { method, path, access }]) => {
      const role = access in PERMISSIONS ? PERMISSIONS[access as keyof typeof PERMISSIONS] : access
      return `| \`${method} ${path}\` | ${role} |`
    })
    expect(rows.filter((row) => !page.includes(row))).toEqual([])
    expect(Object.keys(PERMISSIONS).filter((permission) => !page.includes(`| \`${permission}\` |`))).toEqual([])
    const problems = Object.entries(STATUS_OF).map(([code, status]) => `| \`${code}\` | ${status} |`)
    expect(problems.filter((row) => !page.includes(row))).toEqual([])
  })

  it('names every check of the doctor', async () => {
    // The columns of its tables are padded.
    const page = (await read('docs/operations/admin.md')).replace(/ +/g, ' ')
    const { CHECKS } = await import('../../src/admin/doctor/examine.ts')
    expect(CHECKS.filter(({ id }) => !page.includes(`\`${id}\``)).map(({ id }) => id)).toEqual([])
  })
})
