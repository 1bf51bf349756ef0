/**
 * The streams of all open dashboards. One tick makes one sample, which is serialised once and written to every stream; so
 * fifty pages cost what one does. Without a page there is no tick. A page that does not read fast enough misses samples,
 * each of which replaces the one before, and is cut off when even that is too much.
 */
import type { Clock } from '../../base/clock.ts'
import { answer } from '../answer.ts'
import type { Activity, Overview, Point } from '../contract/overview.ts'
import type { WarmStatus } from '../contract/invalidation.ts'
import type { Activities } from './activities.ts'

const HEARTBEAT_MS = 15_000
/** Frames that wait for a slow page before it misses samples, and before it is cut off. */
const SLOW_FRAMES = 4
const LOST_FRAMES = 64
/** Pages at once: the next is told to ask for the overview instead. */
export const MAX_STREAMS = 200

export interface HubDeps {
  readonly clock: Clock
  readonly everyMs: number
  readonly activities: Activities
  readonly sample: () => { readonly overview: Overview; readonly point: Point | undefined }
  readonly onError: (error: unknown) => void
}

export interface LiveHub {
  /** Undefined: as many are open as may be. */
  open(lastEventId: string | null): Response | undefined
  warm(status: WarmStatus): void
  readonly streams: number
  /** Samples that were made since the beginning. */
  readonly samples: number
  close(): void
}

interface Stream {
  /** `must`: it is told whatever waits already. */
  readonly write: (text: string, must: boolean) => void
  readonly end: () => void
}

export function createLiveHub({ clock, everyMs, activities, sample, onError }: HubDeps): LiveHub {
  const streams = new Set<Stream>()
  const encoder = new TextEncoder()
  let samples = 0
  let cancel = (): void => undefined
  let beatAtMs = 0
  let closed = false

  const tick = (): void => {
    if (streams.size === 0 || closed) return
    cancel = clock.after(everyMs, tick)
    try {
      const text = frames()
      for (const stream of streams) stream.write(text, false)
    } catch (error) {
      onError(error)
    }
    const nowMs = clock.monoMs()
    if (nowMs - beatAtMs < HEARTBEAT_MS) return
    beatAtMs = nowMs
    for (const stream of streams) stream.write(': heartbeat\n\n', true)
  }
  const frames = (): string => {
    samples += 1
    const { overview, point } = sample()
    return frame('sample', overview) + (point ? frame('point', point) : '')
  }
  const stopListening = activities.on((activity) => {
    const text = activityFrame(activity)
    for (const stream of streams) stream.write(text, true)
  })

  return {
    open(lastEventId) {
      if (streams.size >= MAX_STREAMS || closed) return undefined
      let stream: Stream | undefined
      const body = new ReadableStream<Uint8Array>(
        {
          start(controller) {
            const end = (): void => {
              if (!stream || !streams.delete(stream)) return
              if (streams.size === 0) cancel()
              try {
                controller.close()
              } catch {
                // The other end has cancelled it.
              }
            }
            stream = {
              end,
              write(text, must) {
                const waiting = SLOW_FRAMES - (controller.desiredSize ?? 0)
                if (waiting > LOST_FRAMES) end()
                else if (must || waiting < SLOW_FRAMES) controller.enqueue(encoder.encode(text))
              },
            }
            streams.add(stream)
            stream.write(`retry: 2000\n\n${frame('hello', { atMs: clock.wallMs(), everyMs })}`, true)
            for (const missed of missedBy(lastEventId)) stream.write(activityFrame(missed), true)
            stream.write(frames(), true)
            if (streams.size > 1) return
            beatAtMs = clock.monoMs()
            cancel = clock.after(everyMs, tick)
          },
          cancel() {
            stream?.end()
          },
        },
        { highWaterMark: SLOW_FRAMES },
      )
      return answer(body, 200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        // Proxies that gather answers would make it anything but live.
        'x-accel-buffering': 'no',
      })
    },
    warm(status) {
      const text = frame('warm', status)
      for (const stream of streams) stream.write(text, true)
    },
    get streams() {
      return streams.size
    },
    get samples() {
      return samples
    },
    close() {
      closed = true
      cancel()
      stopListening()
      for (const stream of [...streams]) stream.end()
    },
  }

  function missedBy(lastEventId: string | null): readonly Activity[] {
    const id = Number(lastEventId ?? Number.NaN)
    // An id of a process that is gone may be above all of ours: then everything was missed.
    return Number.isSafeInteger(id) ? activities.since(id > lastIdOf(activities) ? 0 : id) : []
  }
}

function activityFrame(activity: Activity): string {
  return `id: ${activity.id}\n${frame('activity', activity)}`
}

function lastIdOf(activities: Activities): number {
  return activities.list()[0]?.id ?? 0
}

/** JSON has no line breaks of its own, so a frame is one line of data. */
function frame(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
