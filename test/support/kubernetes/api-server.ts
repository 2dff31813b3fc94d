import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeTlsIdentity } from '../../../packages/azure-sim/src/tls/identity.ts'
import type { Etcd, Selection } from './etcd.ts'
import { type Attributes, type Grant, isGranted } from './rbac.ts'

/** Whose token it is, and what that one may. */
export interface User {
  readonly token: string
  readonly name: string
  readonly grants: readonly Grant[]
}

interface Reply {
  readonly code: number
  readonly body: unknown
}

interface Asked extends Attributes {
  readonly url: URL
  readonly kind: Selection['kind']
}

/**
 * A Kubernetes API over TLS, made from its documents
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/): lists in pages, watches as
 * chunked JSON with bookmarks, 410 for what is compacted, 401 and 403 as `Status`.
 */
export class ApiServer {
  /** Every request that was authenticated, as it was authorized. */
  readonly asked: Attributes[] = []
  /** What else answers, before anybody is asked who they are. */
  weather: 'fair' | 'unavailable' | 'silent' = 'fair'
  /** Whether an expired watch is refused at once, or in its first event. */
  expiredWith: 'status' | 'event' = 'event'
  readonly #etcd: Etcd
  #users: readonly User[]
  #server: Server | null = null
  readonly #watches = new Set<Watching>()
  #ca = ''
  /** Told whenever a watch has begun. */
  onWatch: () => void = () => {}

  constructor(etcd: Etcd, users: readonly User[]) {
    this.#etcd = etcd
    this.#users = users
  }

  async start(): Promise<this> {
    const identity = await makeTlsIdentity(Date.now())
    this.#ca = identity.ca
    const server = createServer(identity, (request, response) => this.#answer(request, response))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    this.#server = server
    return this
  }

  async stop(): Promise<void> {
    const server = this.#server
    if (!server) return
    const closed = new Promise(resolve => server.close(resolve))
    server.closeAllConnections()
    await closed
  }

  /** A kubeconfig file's text, with the token in a file, as a pod's is. */
  kubeconfig(tokenFile: string): string {
    const { port } = (this.#server as Server).address() as AddressInfo
    const server = `https://127.0.0.1:${port}`
    const ca = Buffer.from(this.#ca).toString('base64')
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': ca } }],
      users: [
        { name: 'u', user: { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } } },
      ],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    })
  }

  /** Other rights from now on. */
  grant(users: readonly User[]): void {
    this.#users = users
  }

  get watches(): number {
    return this.#watches.size
  }

  /** A bookmark to every watch that asked for them. */
  bookmark(): void {
    for (const watch of this.#watches) watch.bookmark(this.#etcd.revision)
  }

  /** Ends every watch in good order, as its time is over. */
  endWatches(): void {
    for (const watch of [...this.#watches]) watch.end()
  }

  /** Every watch breaks off. */
  cutWatches(): void {
    for (const watch of [...this.#watches]) watch.cut()
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.weather === 'silent') return
    const reply = this.#reply(request, response)
    if (reply === null) return
    response.writeHead(reply.code, { 'content-type': 'application/json' })
    response.end(JSON.stringify(reply.body))
  }

  /** `null`: it is answered, or being answered, already. */
  #reply(request: IncomingMessage, response: ServerResponse): Reply | null {
    if (this.weather === 'unavailable') return refusal(503, 'ServiceUnavailable', 'no etcd')
    const token = request.headers.authorization?.replace(/^Bearer /, '').trim()
    const user = this.#users.find(one => one.token === token)
    if (!user) return refusal(401, 'Unauthorized', 'Unauthorized')
    const asked = askedOf(request)
    if (!asked) return refusal(404, 'NotFound', 'the server could not find it')
    const { verb, apiGroup, resource, namespace, name } = asked
    this.asked.push({ verb, apiGroup, resource, namespace, name })
    if (!isGranted(user.grants, asked)) return refusal(403, 'Forbidden', forbidden(user, asked))
    if (verb === 'get') return this.#get(asked)
    return verb === 'watch' ? this.#watch(asked, response) : this.#list(asked)
  }

  #get({ kind, name, namespace, resource }: Asked): Reply {
    const body = this.#etcd.get(kind, name, namespace || undefined)
    return body === null
      ? refusal(404, 'NotFound', `${resource} "${name}" not found`)
      : { code: 200, body }
  }

  #list(asked: Asked): Reply {
    const { url, kind } = asked
    const limit = Number(url.searchParams.get('limit') ?? 0) || Number.POSITIVE_INFINITY
    const token = url.searchParams.get('continue')
    const { at, offset } = token
      ? (JSON.parse(Buffer.from(token, 'base64url').toString()) as { at: number; offset: number })
      : { at: this.#etcd.revision, offset: 0 }
    // A page is of the revision of the first one: once something has changed, this one is not.
    if (at !== this.#etcd.revision) {
      return refusal(410, 'Expired', 'The provided continue parameter is too old')
    }
    const all = this.#etcd.list(selectionOf(asked))
    const items = all.slice(offset, offset + limit)
    const next = offset + items.length
    const rest = next < all.length ? { continue: tokenFor(at, next) } : {}
    const metadata = { resourceVersion: String(at), ...rest }
    return { code: 200, body: { kind: `${kind}List`, apiVersion: 'v1', metadata, items } }
  }

  #watch(asked: Asked, response: ServerResponse): Reply | null {
    const { url, kind } = asked
    const from = Number(url.searchParams.get('resourceVersion'))
    const selection = selectionOf(asked)
    const isMarked = url.searchParams.get('allowWatchBookmarks') === 'true'
    const isKnown = this.#etcd.remembers(from)
    const gone = refusal(410, 'Expired', `too old resource version: ${from}`)
    if (!isKnown && this.expiredWith === 'status') return gone
    response.writeHead(200, { 'content-type': 'application/json' })
    if (!isKnown) {
      response.end(lineOf({ type: 'ERROR', object: gone.body }))
      return null
    }
    response.flushHeaders()
    const watch = new Watching(this.#etcd, selection, from, response, isMarked ? kind : null)
    this.#watches.add(watch)
    response.on('close', () => {
      watch.forget()
      this.#watches.delete(watch)
    })
    watch.tell()
    this.onWatch()
    return null
  }
}

/** One watch that is open. */
class Watching {
  readonly #etcd: Etcd
  readonly #selection: Selection
  readonly #response: ServerResponse
  readonly #marks: string | null
  #told: number
  readonly forget: () => void

  constructor(
    etcd: Etcd,
    selection: Selection,
    from: number,
    response: ServerResponse,
    marks: string | null,
  ) {
    this.#etcd = etcd
    this.#selection = selection
    this.#told = from
    this.#response = response
    this.#marks = marks
    this.forget = etcd.follow(() => this.tell())
  }

  tell(): void {
    const events = this.#etcd.since(this.#selection, this.#told)
    this.#told = this.#etcd.revision
    for (const event of events) this.#response.write(lineOf(event))
  }

  bookmark(revision: number): void {
    if (this.#marks === null) return
    const object = {
      kind: this.#marks,
      apiVersion: 'v1',
      metadata: { resourceVersion: `${revision}` },
    }
    this.#response.write(lineOf({ type: 'BOOKMARK', object }))
  }

  end(): void {
    this.#response.end()
  }

  cut(): void {
    this.#response.destroy()
  }
}

const kinds: Readonly<Record<string, Selection['kind']>> = { pods: 'Pod', nodes: 'Node' }

const askedOf = (request: IncomingMessage): Asked | null => {
  const url = new URL(request.url ?? '/', 'https://kubernetes')
  const path = /^\/api\/v1(?:\/namespaces\/([^/]+))?\/(pods|nodes)(?:\/([^/]+))?$/.exec(
    url.pathname,
  )
  const [, namespace = '', resource = '', name = ''] = path ?? []
  const kind = kinds[resource]
  if (request.method !== 'GET' || kind === undefined) return null
  const listing = url.searchParams.get('watch') === 'true' ? 'watch' : 'list'
  return { url, kind, namespace, resource, name, apiGroup: '', verb: name ? 'get' : listing }
}

const selectionOf = ({ kind, namespace, url }: Asked): Selection => ({
  kind,
  namespace: namespace || undefined,
  selector: url.searchParams.get('labelSelector') ?? '',
})

const tokenFor = (at: number, offset: number): string =>
  Buffer.from(JSON.stringify({ at, offset })).toString('base64url')

const forbidden = (
  { name: user }: User,
  { resource, verb, namespace, name }: Attributes,
): string => {
  const what = name === '' ? resource : `${resource} "${name}"`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`
  return `${what} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "" ${where}`
}

const lineOf = (event: unknown): string => `${JSON.stringify(event)}\n`

const refusal = (code: number, reason: string, message: string): Reply => ({
  code,
  body: {
    ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' },
    ...{ message, reason, code },
  },
})
