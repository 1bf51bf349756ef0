import { describe, expect, it } from 'vitest'

import { html } from '../../../app/src/html.ts'

describe('html', () => {
  it('escapes text, in content and in attributes', () => {
    const text = `<script>"&'</script>`
    expect(html`<a title="${text}">${text}</a>`.safe).toBe(
      '<a title="&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;">&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;</a>',
    )
  })

  it('leaves HTML within HTML as it is, also in lists', () => {
    const items = ['<', 'b'].map((item) => html`<li>${item}</li>`)
    expect(html`${items}`.safe).toBe('<li>&lt;</li>\n<li>b</li>')
  })
})
