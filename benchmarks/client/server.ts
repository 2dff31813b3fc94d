// The server's process: both transports of one account, told what to do by its parent.

import { randomBytes } from 'node:crypto'
import { createServer as createPlainServer, type Server } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeTlsIdentity } from '../../packages/azure-sim/src/tls/identity.ts'
import { Account } from './account.ts'
import { serve } from './channel.ts'

export interface Ready {
  readonly endpoints: Readonly<Record<'http' | 'tls', string>>
  readonly ca: string
  /** The account's two keys. */
  readonly keys: { readonly primary: string; readonly secondary: string }
}

export interface ServerCounts {
  readonly refused: number
  readonly refusedAccountReads: number
  readonly served: number
  readonly cpuMicros: number
}

export type ServerOrder = { readonly accept: readonly string[] } | 'counts'

const listen = async (server: Server): Promise<number> => {
  // Longer than any pause of a round, so that no client meets a connection that is just closing.
  server.keepAliveTimeout = 600_000
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function main(): Promise<void> {
  const newKey = () => randomBytes(64).toString('base64')
  const keys = { primary: newKey(), secondary: newKey() }
  const account = new Account([keys.primary, keys.secondary])
  const identity = await makeTlsIdentity(Date.now())
  const endpoints = { http: '', tls: '' }
  const http = createPlainServer(account.listener(() => endpoints.http))
  const tls = createServer(
    identity,
    account.listener(() => endpoints.tls),
  )
  endpoints.http = `http://localhost:${await listen(http)}/`
  endpoints.tls = `https://localhost:${await listen(tls)}/`
  const ready: Ready = { endpoints, ca: identity.ca, keys }
  serve<ServerOrder, ServerCounts>(ready, async order => {
    if (order !== 'counts') account.setKeys(order.accept)
    const { user, system } = process.cpuUsage()
    const { refused, refusedAccountReads, served } = account
    return { refused, refusedAccountReads, served, cpuMicros: user + system }
  })
}

await main()
