/**
 * Whether a request that changes something comes from a page of this very origin. Stricter than for sessions: a request
 * that says nothing of where it comes from is refused too, since an admin's credentials may be sent by the browser itself.
 * A program says `Sec-Fetch-Site: same-origin`, which no page of another site can.
 */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin'
  const origin = request.headers.get('origin')
  if (origin === null || !URL.canParse(origin)) return false
  return new URL(origin).host === hostOf(request)
}

/** The host that was asked, in lower case. */
export function hostOf(request: Request): string {
  return (request.headers.get('host') ?? new URL(request.url).host).toLowerCase()
}

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/

/** Whether the other end is this machine: by its address, by the name that was asked, and with no proxy between. */
export function isLoopback(request: Request, remoteAddress: string): boolean {
  const address = remoteAddress.replace(/^::ffff:/i, '')
  if (address !== '::1' && !/^127(\.\d{1,3}){3}$/.test(address)) return false
  // A proxy on this machine makes the whole world local.
  if (['forwarded', 'x-forwarded-for', 'x-real-ip'].some((name) => request.headers.has(name))) return false
  // A name that somebody else's DNS points here is not this machine's.
  return LOOPBACK_HOST.test(hostOf(request))
}
