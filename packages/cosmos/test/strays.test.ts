import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KeysEvents, ResilientCosmosClient } from '@keyturn/cosmos'
import { files, fixed, type Source, sidecar } from '@keyturn/keyring'
import { Sidecar } from '@keyturn/sidecar'
import { pino } from 'pino'
import t from 'tap'
import { Account, newKey } from './support/account.ts'

const [a, b] = [newKey(), newKey()]
const arm = '/subscriptions/s/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/x'

type Tap = { teardown(handler: () => unknown): void }

const setUp = async (t: Tap) => {
  const account = await Account.start(a, b)
  t.teardown(() => account.stop())
  // A path of a Unix socket has at most 107 bytes.
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const keyset = {
    ...{ schema: 'keyturn/v1', account: arm, endpoint: account.endpoint, pair: 'readWrite' },
    ...{ installation: 'one', version: 3, active: 'primary', fenced: [] },
    keys: { primary: a, secondary: b },
  }
  writeFileSync(join(directory, 'keyset.json'), JSON.stringify(keyset))
  const socket = join(directory, 's')
  const startSidecar = async (): Promise<Sidecar> => {
    const source = files({ directory })
    const beside = new Sidecar({ name: 'pod-1', source, socket, log: pino({ enabled: false }) })
    await beside.start()
    return beside
  }
  return { endpoint: account.endpoint, directory, socket, startSidecar }
}

/** Has its keys already: an operation waits a second for them, and no longer. */
const open = async (
  endpoint: string,
  keys: ConstructorParameters<typeof ResilientCosmosClient>[0]['keys'],
) => {
  const client = new ResilientCosmosClient({ endpoint, keys })
  const strays: KeysEvents['stray'][0][] = []
  client.keys.on('stray', event => strays.push(event))
  while (client.keys.status().version === null) await new Promise(setImmediate)
  return { client, strays }
}

const untilServing = async (client: ResilientCosmosClient, kind: Source['kind']): Promise<void> => {
  while (client.keys.status().source.serving !== kind) await new Promise(setImmediate)
}

t.test('sources in an array stand in for each other, and a stray says that it is one', async t => {
  const { endpoint, directory, socket, startSidecar } = await setUp(t)
  const beside = await startSidecar()
  const keys = [sidecar({ socket }), files({ directory })]
  const { client, strays } = await open(endpoint, keys)
  t.teardown(() => client.close())
  await client.getDatabaseAccount()
  t.match(client.keys.status(), {
    version: 3,
    isStray: false,
    source: { kind: 'sidecar', serving: 'sidecar', isAttached: true },
  })
  t.same(strays, [])

  const told = Promise.withResolvers<unknown>()
  client.keys.on('stray', told.resolve)
  await beside.stop()
  t.equal(client.keys.status().isStray, false, 'its sidecar wrote it down, and counts it as in use')
  await told.promise
  t.match(client.keys.status(), { isStray: true, source: { kind: 'sidecar', serving: 'files' } })
  await client.getDatabaseAccount()

  const again = await startSidecar()
  t.teardown(() => again.stop())
  await untilServing(client, 'sidecar')
  t.equal(client.keys.status().isStray, false)
  await client.getDatabaseAccount()
  t.same(strays, [{ source: 'sidecar', serving: 'files' }], 'and says so once')
})

t.test('clients that are given the same array share what it holds', async t => {
  const { endpoint, directory } = await setUp(t)
  const keys = [files({ directory })]
  const [one, other] = [await open(endpoint, keys), await open(endpoint, keys)]
  await Promise.all([one.client.getDatabaseAccount(), other.client.getDatabaseAccount()])
  const total = (): number | undefined => one.client.keys.status().keys[0]?.total
  t.equal(total(), 2, 'one ring counts for both')
  await one.client.close()
  await other.client.getDatabaseAccount()
  t.equal(other.client.keys.status().keys[0]?.total, 3, 'and lives as long as its last user')
  await other.client.close()
})

t.test('a literal, a vault or files alone make a stray from the first keyset on', async t => {
  const { endpoint, directory } = await setUp(t)
  for (const keys of [
    { primary: a, secondary: b },
    fixed({ primary: a, secondary: b }),
    files({ directory }),
  ]) {
    const { client, strays } = await open(endpoint, keys)
    await client.getDatabaseAccount()
    await client.getDatabaseAccount()
    t.equal(client.keys.status().isStray, true)
    t.equal(strays.length, 1)
    await client.close()
  }
})

t.test('a client whose only source is a sidecar is never one', async t => {
  const { endpoint, socket, startSidecar } = await setUp(t)
  const beside = await startSidecar()
  const { client, strays } = await open(endpoint, sidecar({ socket }))
  t.teardown(() => client.close())
  await client.getDatabaseAccount()
  await beside.stop()
  await client.getDatabaseAccount()
  t.equal(client.keys.status().isStray, false)
  t.same(strays, [])
})
