import type { Fetcher, FetcherResponseInfo } from '@datastax/astra-db-ts'

/** Sends requests with the `fetch` of Node.js, as the client does when it is told nothing else. */
export const nativeFetcher: Fetcher = {
  async fetch({ url, method, headers, body, timeout, mkTimeoutError }) {
    try {
      const signal = AbortSignal.timeout(timeout)
      const response = await fetch(url, { method, headers, signal, ...(body !== undefined && { body }) })
      const answered: FetcherResponseInfo = {
        url: response.url,
        status: response.status,
        statusText: response.statusText,
        httpVersion: 1,
        headers: Object.fromEntries(response.headers.entries()),
        body: await response.text(),
      }
      return answered
    } catch (error) {
      if (!(error instanceof Error)) throw error
      if (error.name === 'TimeoutError') throw mkTimeoutError()
      // fetch() wraps what the socket said; the client's users look at its code.
      if (error instanceof TypeError && error.cause instanceof Error) throw error.cause
      throw error
    }
  },
}
