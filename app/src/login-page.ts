/** The page at `/login`: a form for people, who then go on to the dashboard of the cache. Programs use `POST /auth/login`. */
import { createHash } from 'node:crypto'

import { html, type Html } from './html.ts'
import { ADMIN_PATH } from './operations.ts'

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 22rem; margin: 4rem auto; padding: 0 1rem; }
  label { display: block; margin: .75rem 0; }
  input { display: block; box-sizing: border-box; width: 100%; padding: .5rem; font: inherit; }
  button { padding: .5rem 1rem; font: inherit; }
`

// The session comes in a cookie that no script can read; all that is looked at here is who it is for.
const SCRIPT = `
  const form = document.querySelector('form')
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const told = document.querySelector('[role=alert]')
    told.textContent = ''
    try {
      const body = JSON.stringify(Object.fromEntries(new FormData(form)))
      const answer = await fetch('/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      const said = await answer.json()
      if (answer.ok) location.assign(said.role === 'admin' ? '${ADMIN_PATH}/' : '/')
      else told.textContent = said.detail
    } catch {
      told.textContent = 'The service did not answer. Try again.'
    }
  })
`

const hashed = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${hashed(STYLE)}`,
  `script-src ${hashed(SCRIPT)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

// Written in one piece each: the policy names the hash of what is between the tags, white space included.
const STYLE_ELEMENT: Html = { safe: `<style>${STYLE}</style>` }
const SCRIPT_ELEMENT: Html = { safe: `<script>${SCRIPT}</script>` }

export function loginPage(): { readonly html: string; readonly contentSecurityPolicy: string } {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Log in · TTRPG Center</title>
        <link rel="icon" href="data:," />
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <h1>Log in</h1>
          <form>
            <label>Name <input name="username" autocomplete="username" required autofocus /></label>
            <label> Password <input name="password" type="password" autocomplete="current-password" required /> </label>
            <p role="alert"></p>
            <button>Log in</button>
          </form>
          <p>The dashboard of the cache is for accounts of the role admin. <a href="/">Back to the service</a></p>
        </main>
        ${SCRIPT_ELEMENT}
      </body>
    </html> `
  return { html: page.safe, contentSecurityPolicy: CONTENT_SECURITY_POLICY }
}
