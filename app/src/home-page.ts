/** The page at `/`: what is here, and how to see the cache at work. It asks nothing of any other host, nor of this one. */
import { createHash } from 'node:crypto'

import { LONGEST_LIST, type Features } from './features/cached.ts'
import { html, type Html } from './html.ts'
import type { Requirements } from './requirements/cached.ts'
import type { RequirementsDocument } from './requirements/document.ts'
import type { Sources } from './sources/cached.ts'

export interface HomeDeps {
  readonly requirements: Requirements
  readonly features: Features
  readonly sources: Sources
  /** Whether there is a cache to look at, and accounts to log in as. */
  readonly isOperated: boolean
}

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { margin-bottom: 0; }
  pre { padding: .75rem 1rem; overflow-x: auto; border: 1px solid #8886; border-radius: .5rem; }
  dt { font-weight: 600; }
  dd { margin: 0 0 .5rem; }
`

// Written in one piece: the policy names the hash of what is between the tags, white space included.
const STYLE_ELEMENT: Html = { safe: `<style>${STYLE}</style>` }

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** @param origin where the service is reached, such as http://127.0.0.1:3000 */
export async function homePage(
  { requirements, features, sources, isOperated }: HomeDeps,
  origin: string,
): Promise<{ readonly html: string; readonly contentSecurityPolicy: string }> {
  const [latest, versions, requests, files] = await Promise.all([
    requirements.latest(),
    requirements.versions(),
    features.list('all'),
    sources.counts(),
  ])
  const documents = files.reduce((total, file) => total + file.documents, 0)
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>TTRPG Center</title>
        <link rel="icon" href="data:," />
        ${STYLE_ELEMENT}
      </head>
      <body>
        <h1>TTRPG Center</h1>
        <p>
          A requirements and feature-request service whose reads go through <strong>Holdfast</strong>, a Redis cache
          that states how stale a read can be. A write invalidates what it changed, in every instance; without Redis the
          database answers.
        </p>
        <dl>
          ${latestEntry(latest)}
          <dt>Versions of the requirements</dt>
          <dd>${versions.length}</dd>
          <dt>Feature requests</dt>
          <dd>${requests.length}${requests.length === LONGEST_LIST ? ' or more' : ''}</dd>
          <dt>Imported documents</dt>
          <dd>${documents}, from files: ${files.length}</dd>
        </dl>
        <h2>See a hit</h2>
        <p>
          Ask twice: the second answer says <code>X-Cache: hit</code>, and so does the first if this page was there
          before it. <code>Server-Timing</code> says where the time went.
        </p>
        <pre>${curlLines(origin)}</pre>
        <h2>See an invalidation</h2>
        <p>
          Submit a version with the line that <code>npm start</code> printed, then ask for
          <code>/api/requirements/latest</code>: a miss that shows it, in every instance. Or stop Redis: the answers go
          on, with <code>X-Cache: bypass</code>.
        </p>
        <h2>The API</h2>
        <ul>
          ${LINKS.map((path) => html`<li><a href="${path}">${path}</a></li>`)}
        </ul>
        <p>
          Who may call what, and what each route takes, is in <a href="/api/openapi.json">/api/openapi.json</a>.
          Programs send <code>Authorization: Bearer</code> and the admin token.
        </p>
        ${isOperated ? OPERATED : []}
      </body>
    </html> `
  return { html: page.safe, contentSecurityPolicy: CONTENT_SECURITY_POLICY }
}

const OPERATED: Html = html`<h2>The cache at work</h2>
  <p>
    <a href="/login">Log in</a> as the admin that was printed, and see hit ratios, keys, sessions and alerts in
    <a href="/admin/cache/">the dashboard</a>, where exactly what is wrong can be cleared.
  </p>`

const LINKS = [
  '/api/requirements/latest',
  '/api/requirements/versions',
  '/api/features',
  '/api/features?status=pending&limit=10',
  '/api/summary',
  '/api/audit/features',
  '/api/sources',
  '/api/dictionary/search?q=rest',
  '/api/dictionary/stats',
  '/api/schemas',
  '/auth/status',
  '/livez',
  '/readyz',
]

function latestEntry(latest: RequirementsDocument | null): Html {
  if (!latest)
    return html`<dt>Requirements</dt>
      <dd>none yet</dd>`
  const { title, version, metadata } = latest
  const link = html`<a href="/api/requirements/${metadata.version_id}">${metadata.version_id}</a>`
  return html`<dt>Latest requirements</dt>
    <dd>${title}, version ${version}, by ${metadata.author} at ${metadata.timestamp}: ${link}</dd>`
}

function curlLines(origin: string): string {
  const line = `curl -si ${origin}/api/features | grep -iE 'x-cache|server-timing'`
  return `${line}\n${line}`
}
