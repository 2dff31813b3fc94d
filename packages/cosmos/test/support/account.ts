import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Key } from '@keyturn/keyring'

export const newKey = (): string => randomBytes(64).toString('base64')

export const fingerprint = (key: string) => new Key(key).fingerprint

export interface Seen {
  readonly method: string
  readonly path: string
  readonly key: string | null
  readonly status: number
  readonly date: string
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

export type Reply = { status: number; body?: unknown; headers?: Record<string, string> }

const wrongKey = (payload: string): Reply => ({
  status: 401,
  body: {
    code: 'Unauthorized',
    message:
      "The input authorization token can't serve the request. The wrong key is being used or the " +
      `expected payload is not built as per the protocol. Server used the following payload to sign: '${payload}'`,
  },
})

/** `type` and link that a request's path must be signed for, by the published rule. */
const signedFor = (path: string): { type: string; link: string } => {
  const parts = decodeURIComponent(path).split('/').filter(Boolean)
  if (parts.length === 0) return { type: '', link: '' }
  return parts.length % 2 === 1
    ? { type: parts.at(-1) ?? '', link: parts.slice(0, -1).join('/') }
    : { type: parts.at(-2) ?? '', link: parts.join('/') }
}

/**
 * A Cosmos DB account of one region on loopback that verifies each signature by the published
 * rule. Point reads, upserts and queries of one container, and whatever `intercept` answers.
 */
export class Account {
  readonly seen: Seen[] = []
  /** Keys that may read and write. */
  keys = new Set<string>()
  readOnlyKeys = new Set<string>()
  /** Answers in place of the account; called after authentication. */
  intercept: ((request: Seen) => Reply | null | Promise<Reply | null>) | null = null
  /** Answers a 401 although the key is right, as a container that was just re-created. */
  refuseAll: ((path: string) => boolean) | null = null
  /** What the service's clock says, relative to this machine's. */
  clockOffsetMs = 0
  connections = 0
  readonly #items = new Map<string, Record<string, unknown>>()
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((request, response) => void this.#handle(request, response))

  static async start(...keys: string[]): Promise<Account> {
    const account = new Account()
    account.keys = new Set(keys)
    account.#server.on('connection', socket => {
      account.connections += 1
      account.#sockets.add(socket)
      socket.on('close', () => account.#sockets.delete(socket))
    })
    account.#server.listen(0, '127.0.0.1')
    await once(account.#server, 'listening')
    return account
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Connections that nobody has closed yet. */
  get open(): number {
    return this.#sockets.size
  }

  refused(key: string): number {
    return this.seen.filter(seen => seen.status === 401 && seen.key === key).length
  }

  signedWith(key: string): Seen[] {
    return this.seen.filter(seen => seen.key === key)
  }

  put(item: Record<string, unknown> & { id: string }): void {
    this.#items.set(item.id, item)
  }

  reset(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.reset()
    await once(this.#server, 'close')
  }

  /** Every key ever known, so that a refused one can be named. */
  readonly #known = new Set<string>()

  know(...keys: string[]): void {
    for (const key of keys) this.#known.add(key)
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const path = request.url ?? '/'
    const { type, link } = signedFor(path)
    const date = String(request.headers['x-ms-date'])
    const payload = `${request.method?.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`
    const key = this.#signer(request, payload)
    const seen = {
      method: request.method ?? '',
      path,
      key,
      date,
      body,
      headers: request.headers,
    }
    const reply = await this.#reply({ ...seen, status: 0 }, payload)
    this.seen.push({ ...seen, status: reply.status })
    if (response.destroyed) return
    response.writeHead(reply.status, {
      'content-type': 'application/json',
      'x-ms-request-charge': '1',
      ...reply.headers,
    })
    response.end(reply.body === undefined ? '' : JSON.stringify(reply.body))
  }

  #signer(request: IncomingMessage, payload: string): string | null {
    const header = decodeURIComponent(request.headers.authorization ?? '')
    const signature = /^type=master&ver=1\.0&sig=(.+)$/.exec(header)?.[1]
    this.know(...this.keys, ...this.readOnlyKeys)
    return (
      [...this.#known].find(key => {
        const expected = createHmac('sha256', Buffer.from(key, 'base64')).update(payload)
        return expected.digest('base64') === signature
      }) ?? null
    )
  }

  async #reply(request: Seen, payload: string): Promise<Reply> {
    const { key, path, method, headers } = request
    const query =
      'x-ms-documentdb-isquery' in headers || 'x-ms-cosmos-is-query-plan-request' in headers
    const write = method !== 'GET' && !query
    const right = key !== null && (this.keys.has(key) || (!write && this.readOnlyKeys.has(key)))
    if (!right || this.refuseAll?.(path)) return wrongKey(payload)
    const now = Date.now() + this.clockOffsetMs
    if (Math.abs(Date.parse(request.date) - now) > 900_000) return clockSkew(request.date, now)
    return (await this.intercept?.(request)) ?? this.#serve(request)
  }

  #serve({ method, path, body, headers }: Seen): Reply {
    const parts = path.split('/').filter(Boolean)
    if (parts.length === 0) return { status: 200, body: this.#accountResource() }
    if (parts.at(-1) === 'pkranges') return { status: 200, body: partitionKeyRanges }
    if (parts[4] !== 'docs') return { status: 200, body: container(parts.at(-1) ?? '') }
    if (method === 'GET') {
      const item = this.#items.get(decodeURIComponent(parts[5] ?? ''))
      return item ? { status: 200, body: item } : notFound
    }
    if (headers['x-ms-cosmos-is-query-plan-request']) return { status: 200, body: queryPlan }
    if (headers['x-ms-documentdb-isquery']) {
      return { status: 200, body: { _rid: 'r', Documents: [...this.#items.values()], _count: 1 } }
    }
    const item = JSON.parse(body)
    this.put(item)
    return { status: 201, body: item }
  }

  #accountResource(): unknown {
    const location = { name: 'Here', databaseAccountEndpoint: `${this.endpoint}/` }
    return {
      _self: '',
      id: 'account',
      writableLocations: [location],
      readableLocations: [location],
      enableMultipleWriteLocations: false,
      userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
    }
  }
}

const notFound: Reply = { status: 404, body: { code: 'NotFound', message: 'Not found.' } }

const queryPlan = {
  partitionedQueryExecutionInfoVersion: 2,
  queryInfo: {
    distinctType: 'None',
    top: null,
    offset: null,
    limit: null,
    orderBy: [],
    orderByExpressions: [],
    groupByExpressions: [],
    groupByAliases: [],
    aggregates: [],
    groupByAliasToAggregateType: {},
    rewrittenQuery: '',
    hasSelectValue: false,
    hasNonStreamingOrderBy: false,
  },
  queryRanges: [{ min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }],
}

const partitionKeyRanges = {
  _rid: 'r',
  _count: 1,
  PartitionKeyRanges: [
    { id: '0', minInclusive: '', maxExclusive: 'FF', _rid: 'r', status: 'online' },
  ],
}

const container = (id: string): unknown => ({
  id,
  _rid: 'r',
  partitionKey: { paths: ['/pk'], kind: 'Hash', version: 2 },
})

const clockSkew = (date: string, now: number): Reply => ({
  status: 403,
  body: {
    code: 'Forbidden',
    message:
      'The authorization token is not valid at the current time. Please create another token and ' +
      `retry (token start time: ${date}, token expiry time: ${date}, current server time: ` +
      `${new Date(now).toUTCString()}).\r\nActivityId: 0, Microsoft.Azure.Documents.Common/2.14.0`,
  },
})
