import { createServer, type ServerResponse } from 'node:http'
import { type Report, type ReportAnswer, reportSchema } from '@keyturn/protocol'
import { restartablePort } from '../../../../test/support/process/ports.ts'

export interface Taken {
  readonly member: string
  readonly authorization: string | undefined
  readonly report: Report
}

interface Held {
  readonly response: ServerResponse
  readonly report: Report
}

/** A coordinator reduced to its wire: takes reports, holds them, announces. */
export class FakeCoordinator {
  readonly reports: Taken[] = []
  readonly refusedBodies: string[] = []
  floor = 0
  announced = 0
  spreadMs = 0
  /** Answered with this status instead of taken; `null`: taken. */
  failing: number | null = null
  #port = 0
  #held = new Set<Held>()
  #waiters = new Set<() => void>()
  #server = this.#create()

  static async start(): Promise<FakeCoordinator> {
    const coordinator = new FakeCoordinator()
    await coordinator.listen()
    return coordinator
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Listens on the port of before, if there was one. */
  async listen(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server = this.#create()
    this.#port ||= await restartablePort()
    this.#server.listen(this.#port, '127.0.0.1', resolve)
    await promise
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    this.#server.closeAllConnections()
    this.#held.clear()
    await promise
  }

  announce(version: number): void {
    this.announced = version
    for (const held of this.#held) this.#answer(held)
  }

  get last(): Report | undefined {
    return this.reports.at(-1)?.report
  }

  /** The first report, of those yet to come or the last one taken, that fits. */
  async until(fits: (report: Report) => boolean): Promise<Report> {
    const from = Math.max(0, this.reports.length - 1)
    for (;;) {
      const found = this.reports.slice(from).find(({ report }) => fits(report))
      if (found) return found.report
      await new Promise<void>(resolve => this.#waiters.add(resolve))
    }
  }

  #create() {
    return createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const member = /^\/v1\/members\/([^/]+)\/reports$/.exec(request.url ?? '')?.[1]
      const parsed = reportSchema.safeParse(JSON.parse(body))
      if (this.failing !== null) return void response.writeHead(this.failing).end('{}')
      if (member === undefined || !parsed.success) {
        this.refusedBodies.push(body)
        return void response.writeHead(400).end('{}')
      }
      this.#take({
        member,
        authorization: request.headers.authorization,
        report: parsed.data,
      })
      this.#hold({ response, report: parsed.data })
    })
  }

  #take(taken: Taken): void {
    this.reports.push(taken)
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const wake of waiters) wake()
  }

  #hold(held: Held): void {
    const { report } = held
    if (report.holdMs === 0 || report.goodbye || this.announced > report.knownVersion) {
      this.#answer(held)
      return
    }
    this.#held.add(held)
    const timer = setTimeout(() => this.#answer(held), report.holdMs)
    held.response.on('close', () => {
      clearTimeout(timer)
      this.#held.delete(held)
    })
  }

  #answer(held: Held): void {
    this.#held.delete(held)
    const isNew = this.announced > held.report.knownVersion
    const answer: ReportAnswer = {
      floor: this.floor,
      announced: isNew ? { version: this.announced, spreadMs: this.spreadMs } : null,
    }
    held.response.setHeader('content-type', 'application/json')
    held.response.end(JSON.stringify(answer))
  }
}
