import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { Account } from '../../../benchmarks/client/account.ts'
import { names, operationOf, variants } from '../../../benchmarks/client/cases.ts'
import { containerOf, makeClient } from '../../../benchmarks/client/clients.ts'

const newKey = (): string => randomBytes(64).toString('base64')

const start = async (t: { teardown(handler: () => unknown): void }) => {
  const keys = { primary: newKey(), secondary: newKey() }
  const account = new Account([keys.primary, keys.secondary])
  let endpoint = ''
  const server = createServer(account.listener(() => endpoint))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endpoint = `http://localhost:${(server.address() as AddressInfo).port}/`
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { account, endpoint, keys }
}

const link = 'dbs/bench/colls/items/docs/item-1'
const date = 'Mon, 23 Nov 2026 00:00:00 GMT'

const signed = (key: string, change: { readonly link?: string; readonly date?: string } = {}) => {
  const text = `get\ndocs\n${change.link ?? link}\n${(change.date ?? date).toLowerCase()}\n\n`
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64')
  return encodeURIComponent(`type=master&ver=1.0&sig=${signature}`)
}

t.test('the benchmark’s account verifies each signature for real', async t => {
  const { account, endpoint, keys } = await start(t)
  const statusWith = async (authorization: string): Promise<number> => {
    const headers = { authorization, 'x-ms-date': date }
    const response = await fetch(`${endpoint}${link}`, { headers })
    await response.arrayBuffer()
    return response.status
  }
  t.equal(await statusWith(signed(keys.primary)), 200)
  t.equal(await statusWith(signed(keys.secondary)), 200)
  t.equal(await statusWith(signed(newKey())), 401, 'another key')
  t.equal(await statusWith(signed(keys.primary, { link: `${link}0` })), 401, 'another resource')
  const later = 'Mon, 23 Nov 2026 00:00:01 GMT'
  t.equal(await statusWith(signed(keys.primary, { date: later })), 401, 'another date')
  t.equal(await statusWith('type%3Dmaster%26ver%3D1.0%26sig%3D'), 401, 'no signature')
  t.equal(await statusWith('anything'), 401, 'no token')
  t.equal(account.refused, 5)
  account.setKeys([keys.secondary])
  t.equal(await statusWith(signed(keys.primary)), 401, 'a key that died')
  t.equal(await statusWith(signed(keys.secondary)), 200)
})

t.test('every measured client does every measured operation', async t => {
  const { account, endpoint, keys } = await start(t)
  const ready = { endpoints: { http: endpoint, tls: endpoint }, ca: '', keys }
  for (const variant of variants) {
    const client = makeClient(variant, ready, 'http')
    for (const name of names) {
      const before = account.served
      await operationOf(name, containerOf(client))(7)
      const expected = name === 'query-10-pages' ? 10 : 1
      t.ok(account.served - before >= expected, `${variant} ${name}`)
    }
    client.dispose()
  }
  t.equal(account.refused, 0)
})

t.test('an operation that goes wrong ends the benchmark', async t => {
  const { account, endpoint, keys } = await start(t)
  const ready = { endpoints: { http: endpoint, tls: endpoint }, ca: '', keys }
  const client = makeClient('plain', ready, 'http')
  t.teardown(() => client.dispose())
  account.setKeys([])
  await t.rejects(operationOf('point-read', containerOf(client))(0), { code: 401 })
})
