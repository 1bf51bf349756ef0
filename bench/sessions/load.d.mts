export type Workload = 'reads' | 'one write in ten'

export interface Measured {
  readonly requests: number
  readonly perSecond: number
  /** Microseconds of the server's processor time for a request. */
  readonly cpuUs: number
  readonly p99Ms: number
}

export interface Server {
  readonly name: string
  measure(workload: Workload, seconds: number): Promise<Measured>
  stop(): Promise<void>
}

export declare function startServer(name: string, redisUrl: string): Promise<Server>
