import type { Dispatcher } from 'undici'

/** One connection, or what makes one: of undici's clients, what is needed here. */
export type Dispatches = Pick<Dispatcher, 'dispatch' | 'destroy' | 'close'>

/** A connection of one's own for the time of an exchange. */
export interface Lane {
  readonly client: Pick<Dispatches, 'dispatch'>
  /** The exchange is over; the connection is free for the next one. */
  release(): void
  /** The exchange was given up before the connection was ever made: nobody waits for it again. */
  discard(): void
}

class Connection implements Lane {
  readonly client: Dispatches
  readonly #home: Connections
  /** More than one only where more is asked for than there are connections. */
  exchanges = 0

  constructor(client: Dispatches, home: Connections) {
    this.client = client
    this.#home = home
  }

  release(): void {
    this.exchanges -= 1
    if (this.exchanges === 0) this.#home.takeBack(this)
  }

  discard(): void {
    this.exchanges -= 1
    if (this.exchanges === 0) this.#home.forget(this)
  }
}

/**
 * Connections to one origin, the last used first: few stay open under light load, and the warmest
 * is taken. An attempt that holds a permit always finds a free one, so nothing queues here twice,
 * as it would in undici's own pool, which looks through all of them at each request.
 */
export class Connections {
  readonly #make: () => Dispatches
  readonly #max: number
  readonly #all = new Set<Connection>()
  readonly #free: Connection[] = []

  constructor(make: () => Dispatches, max: number) {
    this.#make = make
    this.#max = max
  }

  get size(): number {
    return this.#all.size
  }

  take(): Lane {
    const connection = this.#free.pop() ?? this.#another()
    connection.exchanges += 1
    return connection
  }

  takeBack(connection: Connection): void {
    if (this.#all.has(connection)) this.#free.push(connection)
  }

  /** What stands behind a connection that cannot be made must not wait for it. */
  forget(connection: Connection): void {
    this.#all.delete(connection)
    void connection.client.destroy()
  }

  /** Ends when every exchange has. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#all, ({ client }) => client.close()))
  }

  /** A new one, or where that is one too many, the one with the shortest queue. */
  #another(): Connection {
    if (this.#all.size < this.#max) {
      const made = new Connection(this.#make(), this)
      this.#all.add(made)
      return made
    }
    return Array.from(this.#all).reduce((a, b) => (b.exchanges < a.exchanges ? b : a))
  }
}
