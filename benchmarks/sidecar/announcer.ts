// A coordinator reduced to its wire: takes reports, holds them, and announces without a spread.

import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Report, type ReportAnswer, reportSchema } from '@keyturn/protocol'

interface Held {
  readonly response: ServerResponse
  readonly report: Report
}

export class Announcer {
  readonly url: string
  readonly #server: Server
  readonly #held = new Set<Held>()
  readonly #waiting = new Set<() => void>()
  #announced = 0
  #last: Report | null = null

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('request', async (request, response: ServerResponse) => {
      let body = ''
      for await (const chunk of request) body += chunk
      // One that is not a report ends the benchmark: nothing of it would be worth anything.
      this.#take({ response, report: reportSchema.parse(JSON.parse(body)) })
    })
  }

  static async start(): Promise<Announcer> {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return new Announcer(server)
  }

  announce(version: number): void {
    this.#announced = version
    for (const held of this.#held) this.#answer(held)
  }

  /** Settles once a report fits: the last one taken, or one to come. */
  async until(fits: (report: Report) => boolean): Promise<void> {
    while (this.#last === null || !fits(this.#last)) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.add(resolve)
      await promise
      this.#waiting.delete(resolve)
    }
  }

  async stop(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  #take(held: Held): void {
    const { report, response } = held
    this.#last = report
    for (const wake of this.#waiting) wake()
    const isDue = report.holdMs === 0 || report.goodbye || this.#announced > report.knownVersion
    if (isDue) {
      this.#answer(held)
      return
    }
    this.#held.add(held)
    const timer = setTimeout(() => this.#answer(held), report.holdMs)
    response.on('close', () => {
      clearTimeout(timer)
      this.#held.delete(held)
    })
  }

  #answer({ response, report }: Held): void {
    const isNews = this.#announced > report.knownVersion
    const answer: ReportAnswer = {
      floor: 0,
      announced: isNews ? { version: this.#announced, spreadMs: 0 } : null,
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer))
  }
}
