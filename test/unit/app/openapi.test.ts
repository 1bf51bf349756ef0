import { describe, expect, it } from 'vitest'

import { answersOf, openApi, openApiRoute } from '../../../app/src/openapi.ts'
import type { Route } from '../../../app/src/route.ts'

const handler = async () => ({})
const read: Route = { method: 'GET', path: '/api/a/:id', role: 'anyone', summary: 'One', handler }
const write: Route = { ...read, method: 'PUT', role: 'admin', limit: 'admin', body: { type: 'object' } }

describe('the OpenAPI document', () => {
  it('has each route under its path, with its parameters', () => {
    expect(openApi([read, write])).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/api/a/{id}': {
          get: { summary: 'One', parameters: [{ name: 'id', in: 'path', required: true }] },
          put: { requestBody: { required: true }, 'x-role': 'admin' },
        },
      },
    })
  })

  it('names the answers that follow from the role, the body and the limit', () => {
    expect(Object.keys(answersOf(read))).toEqual(['200', '503'])
    expect(Object.keys(answersOf(write))).toEqual(['200', '400', '401', '403', '413', '415', '422', '429', '503'])
    expect(answersOf({ ...read, problems: { 404: 'None' } })[404]).toBe('None')
  })

  it('is a row of its own table', async () => {
    const route = openApiRoute([read])
    const document = await route.handler({
      params: {},
      query: {},
      body: undefined,
      account: undefined,
      session: undefined,
      address: '',
      userAgent: undefined,
      ifNoneMatch: undefined,
    })
    expect(Object.keys((document as { readonly paths: object }).paths)).toEqual(['/api/a/{id}', '/api/openapi.json'])
  })
})
