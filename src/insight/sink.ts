import type { Notification } from './notification.ts'

/** Where alerts go. */
export interface AlertSink {
  readonly name: string
  /**
   * `news`: told once in the fleet when alerts begin, end, and every few hours while they ring. `standing`: told each minute
   * by every process what rings there, for a system that gathers and forgets by itself.
   */
  readonly wants: 'news' | 'standing'
  /** @throws whatever kept it from telling; the alert is then told by another process, or later */
  send(notification: Notification): Promise<void>
}

/** Alerts as calls of a function. */
export function callbackSink(onAlert: (notification: Notification) => void | Promise<void>): AlertSink {
  return { name: 'callback', wants: 'news', send: async (notification) => onAlert(notification) }
}

/** Alerts as lines of a log, one for each alert: JSON, so that nothing in it can begin a line of its own. */
export function logSink(write: (line: string) => void): AlertSink {
  return {
    name: 'log',
    wants: 'news',
    async send({ alerts }) {
      for (const { status, labels, annotations, startsAt } of alerts) {
        write(JSON.stringify({ event: 'alert', status, ...labels, summary: annotations['summary'], startsAt }))
      }
    },
  }
}
