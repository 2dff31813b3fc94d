// A client as bare as can be: a signature, a request, an answer read to its end.

import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { Pool } from 'undici'

export const container = 'dbs/bench/colls/items'

interface Link {
  readonly verb: 'GET' | 'POST'
  readonly type: string
  readonly link: string
}

export class Client {
  readonly #pool: Pool
  readonly #key: KeyObject

  constructor(endpoint: string, ca: string, key: string, connections: number) {
    this.#pool = new Pool(endpoint, { connections, pipelining: 1, connect: { ca } })
    this.#key = createSecretKey(Buffer.from(key, 'base64'))
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  /** @throws Error for any answer but the one expected: a benchmark of refusals is worth nothing */
  async #send(path: string, link: Link, expected: number, headers = {}, body?: string) {
    const answer = await this.#pool.request({
      method: link.verb,
      path,
      headers: { ...this.#signed(link), 'x-ms-version': '2020-07-15', ...headers },
      ...(body === undefined ? {} : { body }),
    })
    const text = await answer.body.text()
    if (answer.statusCode !== expected) {
      throw new Error(`${link.verb} ${path} was answered with ${answer.statusCode}: ${text}`)
    }
    return text
  }

  #signed({ verb, type, link }: Link) {
    const date = new Date().toUTCString()
    const text = `${verb.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`
    const signature = createHmac('sha256', this.#key).update(text).digest('base64')
    const authorization = encodeURIComponent(`type=master&ver=1.0&sig=${signature}`)
    return { 'x-ms-date': date, authorization }
  }

  async createContainer(): Promise<void> {
    const dbs = { verb: 'POST', type: 'dbs', link: '' } as const
    await this.#send('/dbs', dbs, 201, {}, JSON.stringify({ id: 'bench' }))
    const partitionKey = { paths: ['/id'], kind: 'Hash', version: 2 }
    const colls = { verb: 'POST', type: 'colls', link: 'dbs/bench' } as const
    const body = JSON.stringify({ id: 'items', partitionKey })
    await this.#send('/dbs/bench/colls', colls, 201, {}, body)
  }

  create(id: string, body: string): Promise<string> {
    const docs = { verb: 'POST', type: 'docs', link: container } as const
    return this.#send(`/${container}/docs`, docs, 201, partition(id), body)
  }

  read(id: string): Promise<string> {
    const link = `${container}/docs/${id}`
    return this.#send(`/${link}`, { verb: 'GET', type: 'docs', link }, 200, partition(id))
  }

  /** Anything a server answers, for the one that only answers. */
  get(id: string): Promise<string> {
    return this.read(id)
  }
}

const partition = (id: string) => ({
  'x-ms-documentdb-partitionkey': JSON.stringify([id]),
  'content-type': 'application/json',
})

/** So many workers, each doing one thing after the other until told to end; how many they did. */
export async function concurrently(
  workers: number,
  until: () => boolean,
  work: (nth: number) => Promise<unknown>,
): Promise<number> {
  let started = 0
  let done = 0
  const worker = async () => {
    while (!until()) {
      await work(started++)
      done += 1
    }
  }
  await Promise.all(Array.from({ length: workers }, worker))
  return done
}
