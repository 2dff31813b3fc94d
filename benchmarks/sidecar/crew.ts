// The clients of one sidecar, a hundred in a process: rings as applications have them, each attached
// with a stream of its own, each saying now and then what it uses.

import { Ring, sidecar } from '@keyturn/keyring'
import { clientHeader } from '@keyturn/protocol'
import { Pool } from 'undici'
import { serve } from '../client/channel.ts'
import { Connections, getRequest, postRequest } from './connections.ts'
import { openLoop } from './open-loop.ts'

export type CrewOrder =
  | { readonly do: 'attach'; readonly socket: string; readonly clients: number }
  | { readonly do: 'get'; readonly socket: string; readonly seconds: number }
  | { readonly do: 'see'; readonly socket: string }
  | { readonly do: 'samples'; readonly socket: string; readonly count: number }
  | { readonly do: 'ask'; readonly socket: string; readonly path: string; readonly count: number }
  | { readonly do: 'refresh'; readonly socket: string; readonly count: number }

export interface Answered {
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

export const getsPerSecond = 2_000
const connections = 64
const attachedWithinMs = 30_000

interface Member {
  readonly id: string
  readonly ring: Ring
}

const crew: Member[] = []
const pools = new Map<string, Pool>()

const poolOf = (socketPath: string): Pool => {
  const pool = pools.get(socketPath) ?? new Pool('http://localhost', { socketPath, connections })
  pools.set(socketPath, pool)
  return pool
}

const attach = async (socket: string, clients: number): Promise<void> => {
  const joined = Array.from({ length: clients }, () => {
    const source = sidecar({ socket, name: 'crew' })
    return { id: source.id, ring: new Ring({ source }).start() }
  })
  crew.push(...joined)
  for (const { ring } of joined) {
    if ((await ring.whenKeyset(attachedWithinMs)) === null) throw new Error('No keyset came.')
  }
}

const ask = async (
  pool: Pool,
  path: string,
  headers: Record<string, string>,
): Promise<Answered> => {
  const answer = await pool.request({ path, method: 'GET', headers })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`${path} was answered with ${answer.statusCode}.`)
  const said = Object.entries(answer.headers).map(([name, value]) => [name, String(value)])
  return { text, headers: Object.fromEntries(said) }
}

const idOf = (nth: number): string => crew[nth % crew.length]?.id ?? 'nobody'

/** At a fixed rate for so long, each client in turn; on connections that are there when it begins. */
const getOn = async ({ socket, seconds }: CrewOrder & { do: 'get' }): Promise<number[]> => {
  const line = await Connections.open(socket, connections)
  const requests = crew.map(({ id }) => getRequest('/v1/keyset', { [clientHeader]: id }))
  let nth = 0
  const send = () => line.send(requests[nth++ % requests.length] ?? '')
  try {
    return await openLoop({ perSecond: getsPerSecond, seconds, send })
  } finally {
    line.close()
  }
}

/** One sample of each client in turn, as its uploader would send it: something was signed since. */
const sampleOf = (nth: number): string => {
  const { ring, id } = crew[nth % crew.length] as Member
  const begun = ring.begin({ text: 'x', endpoint: 'http://x', tried: [], refreshed: true })
  if (begun.next === 'send') ring.end(begun.fingerprint)
  return postRequest(`/v1/clients/${id}/usage`, JSON.stringify(ring.sample()))
}

const samples = async ({ socket, count }: CrewOrder & { do: 'samples' }): Promise<void> => {
  const line = await Connections.open(socket, connections)
  await many(count, nth => line.send(sampleOf(nth)))
  line.close()
}

/** A client asks the sidecar to look at its source, one after the other. */
const refreshed = async ({ socket, count }: CrewOrder & { do: 'refresh' }): Promise<void> => {
  const headers = { [clientHeader]: idOf(0), 'cache-control': 'no-cache' }
  for (let nth = 0; nth < count; nth++) await ask(poolOf(socket), '/v1/keyset', headers)
}

/** So many at once as a hundred clients could send. */
const many = async (count: number, one: (nth: number) => Promise<unknown>): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await one(next++)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}

const obey = async (order: CrewOrder): Promise<unknown> => {
  switch (order.do) {
    case 'attach':
      return attach(order.socket, order.clients)
    case 'get':
      return getOn(order)
    case 'see':
      return ask(poolOf(order.socket), '/v1/keyset', { [clientHeader]: idOf(0) })
    case 'samples':
      return samples(order)
    case 'ask':
      return many(order.count, () => ask(poolOf(order.socket), order.path, {}))
    case 'refresh':
      return refreshed(order)
  }
}

// `undefined` is no message.
serve<CrewOrder, unknown>('ready', async order => (await obey(order)) ?? 'done')
