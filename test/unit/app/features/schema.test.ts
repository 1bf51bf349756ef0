import { describe, expect, it } from 'vitest'

import { featureBodySchema, USER_STORY } from '../../../../app/src/features/schema.ts'
import { readFeatures } from '../../../../app/src/load-data.ts'
import { createAjv } from '../../../../app/src/validation.ts'

const isBody = createAjv().compile(featureBodySchema)
const body = { title: 'A title', description: 'Ten letters', priority: 'low', requester: 'uma.k' }

describe('the schema of feature requests', () => {
  it('takes what is required and all that is optional', () => {
    const full = {
      ...body,
      category: 'ui',
      business_value: 'Some',
      effort_estimate: 3,
      user_story: 'As a player, I want x so that y',
      acceptance_criteria: ['One'],
      tags: ['a', 'b'],
    }
    expect([isBody(body), isBody(full)]).toEqual([true, true])
  })

  it('takes the feature requests that come with the service', async () => {
    expect(await readFeatures()).toHaveLength(3)
  })

  it.each([
    ['a short title', { title: 'Four' }],
    ['markup in the title', { title: '<b>title</b>' }],
    ['a short description', { description: 'Nine char' }],
    ['a control character', { description: 'Ten letters\u0007' }],
    ['an unknown priority', { priority: 'urgent' }],
    ['a requester with a space', { requester: 'uma k' }],
    ['the same tag twice', { tags: ['a', 'a'] }],
    ['eleven tags', { tags: Array.from({ length: 11 }, (_none, at) => `tag ${at}`) }],
    ['a status', { status: 'approved' }],
  ])('refuses %s', (_what, change) => {
    expect(isBody({ ...body, ...change })).toBe(false)
  })
})

describe('the pattern of a user story', () => {
  it.each(['As a GM, I want dice, so that we play', 'as an admin I want\nlogs so that I see'])('takes %j', (story) => {
    expect(USER_STORY.test(story)).toBe(true)
  })

  it.each(['I want dice', 'As a GM I want dice', 'As a  I want  so that '])('refuses %j', (story) => {
    expect(USER_STORY.test(story)).toBe(false)
  })
})
