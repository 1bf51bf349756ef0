/**
 * One connection of a process to a model server. What travels on it arrives in order and late; between connections there is
 * no order. It can be lost, before or after what was sent is executed, and it can go deaf: what is sent then may be
 * executed, but no answer ever comes, and only a deadline tells.
 */
import { StoreError } from '../../../src/base/errors.ts'
import type { Dice } from '../time/dice.ts'
import type { Machine } from '../time/machine.ts'
import { WORLD, type Scheduler } from '../time/scheduler.ts'
import type { Deployment } from './deployment.ts'
import type { Server } from './server.ts'

export interface ConnectionDeps {
  readonly name: string
  readonly machine: Machine
  readonly scheduler: Scheduler
  readonly dice: Dice
  readonly deployment: Deployment
  /** The longest delay of a message now, in µs. */
  readonly longestDelayUs: () => number
  readonly trace: (line: () => string) => void
}

/** What a server does with a request: it answers, at once or later. */
export type Serve<T> = (server: Server, answer: (outcome: () => T) => void) => void

type Link = { readonly name: 'open'; readonly server: Server; readonly isDeaf: boolean } | { readonly name: 'lost' }

export class Connection {
  readonly #deps: ConnectionDeps
  readonly #waiting = new Set<(error: StoreError) => void>()
  readonly #opened: ((server: Server) => () => void)[] = []
  #closers: (() => void)[] = []
  #link: Link
  // Counts connections: what was sent on an earlier one is answered by nobody.
  #generation = 0
  #arrivesUs = 0
  #answeredUs = 0

  constructor(deps: ConnectionDeps) {
    this.#deps = deps
    this.#link = { name: 'open', server: deps.deployment.primary, isDeaf: false }
    deps.deployment.onMoved((server) => this.#leave(server))
  }

  get isOpen(): boolean {
    return this.#link.name === 'open'
  }

  /** Runs something at each server that this connects to, now and later; what it returns, when that connection ends. */
  onOpened(opened: (server: Server) => () => void): void {
    this.#opened.push(opened)
    if (this.#link.name === 'open') this.#closers.push(opened(this.#link.server))
  }

  /** Sends a request. @throws StoreError when the connection is lost; never settles when it is deaf */
  ask<T>(serve: Serve<T>): Promise<T> {
    const link = this.#link
    if (link.name === 'lost') return Promise.reject(lost())
    const { scheduler, dice } = this.#deps
    const generation = this.#generation
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#waiting.add(reject)
    const answer = (outcome: () => T): void => {
      this.#deliver(generation, () => {
        this.#waiting.delete(reject)
        try {
          resolve(outcome())
        } catch (error) {
          reject(error)
        }
      })
    }
    // A request that is under way when its connection is lost may arrive all the same.
    const arrivesAnyway = dice.chance(0.5)
    this.#arrivesUs = Math.max(this.#arrivesUs, scheduler.nowUs + this.#delay())
    scheduler.at(this.#arrivesUs, WORLD, () => {
      const isLost = generation !== this.#generation || this.#isDeaf
      if (link.server.isUp && (!isLost || arrivesAnyway)) serve(link.server, answer)
    })
    return promise
  }

  /** Delivers what a server pushes by itself, in order with the answers. */
  push(task: () => void): void {
    this.#deliver(this.#generation, task)
  }

  /** Ends the connection; it is opened again after a while. */
  lose(): void {
    if (this.#link.name === 'lost') return
    const { machine, scheduler, dice, trace, name } = this.#deps
    trace(() => `${name} is lost`)
    this.#end()
    for (const reject of this.#waiting) scheduler.after(0, machine, () => reject(lost()))
    this.#waiting.clear()
    scheduler.after(dice.between(500, 30_000), WORLD, () => this.#reopen())
  }

  /** No answer comes any more, until the silence is noticed and the connection made anew. */
  goDeaf(forUs: number): void {
    if (this.#link.name === 'lost' || this.#link.isDeaf) return
    const { scheduler, trace, name } = this.#deps
    const generation = this.#generation
    trace(() => `${name} is deaf for ${forUs} µs`)
    this.#link = { ...this.#link, isDeaf: true }
    scheduler.after(forUs, WORLD, () => {
      if (generation === this.#generation) this.lose()
    })
  }

  get #isDeaf(): boolean {
    return this.#link.name === 'open' && this.#link.isDeaf
  }

  #deliver(generation: number, task: () => void): void {
    const { scheduler, machine } = this.#deps
    this.#answeredUs = Math.max(this.#answeredUs, scheduler.nowUs + this.#delay())
    scheduler.at(this.#answeredUs, machine, () => {
      if (generation === this.#generation && !this.#isDeaf) task()
    })
  }

  #leave(server: Server): void {
    if (this.#link.name !== 'open' || this.#link.server !== server) return
    const { scheduler, dice } = this.#deps
    const generation = this.#generation
    // A crashed server is noticed soon, one that was replaced whenever the client is told.
    const noticedUs = server.isUp ? dice.between(0, 200_000) : dice.between(0, 5000)
    scheduler.after(noticedUs, WORLD, () => {
      if (generation === this.#generation) this.lose()
    })
  }

  #end(): void {
    this.#link = { name: 'lost' }
    this.#generation += 1
    for (const close of this.#closers) close()
    this.#closers = []
  }

  #reopen(): void {
    const { scheduler, dice, deployment } = this.#deps
    const server = deployment.primary
    if (!server.isUp) {
      scheduler.after(dice.between(500, 20_000), WORLD, () => this.#reopen())
      return
    }
    this.#link = { name: 'open', server, isDeaf: false }
    this.#closers = this.#opened.map((opened) => opened(server))
  }

  #delay(): number {
    const { dice, longestDelayUs } = this.#deps
    const delayUs = longestDelayUs()
    const luck = dice.fraction()
    if (luck < 0.85) return 30 + dice.below(Math.max(1, Math.round(delayUs / 20)))
    return luck < 0.97 ? dice.below(Math.max(1, Math.round(delayUs / 4))) : dice.below(delayUs)
  }
}

function lost(): StoreError {
  return new StoreError('connection', 'The connection to the model Redis is lost')
}
