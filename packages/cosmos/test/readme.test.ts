import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SecretClient } from '@azure/keyvault-secrets'
import { AzureSim } from '@keyturn/azure-sim'
import { type KeysErrorCode, type OptionErrorCode, ResilientCosmosClient } from '@keyturn/cosmos'
import { keyVault } from '@keyturn/keyring'
import { keysetContentType } from '@keyturn/protocol'
import { Sidecar } from '@keyturn/sidecar'
import t from 'tap'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The README's CommonJS is run by the test of what is packed: there alone it has its own build. */
const blocks: readonly string[] = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(
  ([, code = '']) => code,
)

const titleOf = (code: string): string =>
  code.split('\n').find(line => !/^(import|$)/.test(line)) ?? ''

/** What the README takes for granted: an application has these, and so does the test. */
const given = `declare const endpoint: string
declare const directory: string
declare const vaultUrl: string
declare const credential: import('@azure/identity').TokenCredential
declare const primary: string
declare const secondary: string
declare const newPrimary: string
declare const log: (text: string) => void
`

const ofClient = `declare const client: import('@keyturn/cosmos').ResilientCosmosClient\n`

const asModule = (code: string): string =>
  `${given}${/const client = /.test(code) ? '' : ofClient}${code}\nexport {}\n`

type Tap = { teardown(handler: () => unknown): void; testdir(): string }

/** An account with an item, its keys in a vault, a directory and a sidecar, as globals. */
const setUp = async (t: Tap): Promise<void> => {
  const azure = await AzureSim.start({ seed: 51 })
  t.teardown(() => azure.stop())
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), azure.ca])
  const { endpoint, vaultUrl, credential } = azure
  const key = (slot: 'primary' | 'secondary'): string => azure.account.shown(slot).key.value
  const keys = { primary: key('primary'), secondary: key('secondary') }
  const keyset = {
    ...{ schema: 'keyturn/v1', account: azure.accountId, endpoint, pair: 'readWrite' },
    ...{ installation: 'readme', version: 3, active: 'primary', fenced: [], keys },
  }
  const options = { disableChallengeResourceVerification: true }
  const vault = new SecretClient(vaultUrl, credential, options)
  const contentType = keysetContentType
  await vault.setSecret('cosmos-keys', JSON.stringify(keyset), { contentType })
  // A path of a Unix socket has at most 107 bytes.
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'keyset.json'), JSON.stringify(keyset))
  const socket = join(directory, 's')
  const source = keyVault({ vaultUrl, secretName: 'cosmos-keys', credential })
  const sidecar = new Sidecar({ name: 'readme', source, socket, stateDirectory: directory })
  await sidecar.start()
  t.teardown(() => sidecar.stop())
  process.env['KEYTURN_SOCKET'] = socket
  const client = new ResilientCosmosClient({ endpoint, keys })
  t.teardown(() => client.close())
  const { database } = await client.databases.create({ id: 'shop' })
  const { container } = await database.containers.create({ id: 'orders', partitionKey: '/region' })
  await container.items.create({ id: '1', region: 'eu' })
  const { primary, secondary } = keys
  const log = (): void => {}
  const globals = { endpoint, directory, vaultUrl, credential, primary, secondary, client, log }
  Object.assign(globalThis, globals, { newPrimary: primary })
}

t.test('the README’s code runs as it stands there', async t => {
  await setUp(t)
  const folder = t.testdir()
  t.ok(blocks.length >= 7)
  const files = blocks.map((code, at) => {
    const file = join(folder, `block-${at}.ts`)
    writeFileSync(file, asModule(code))
    return { file, code }
  })

  t.test('and its types hold', async t => {
    const tsconfig = join(folder, 'tsconfig.json')
    const config = { extends: join(root, 'tsconfig.json'), files: files.map(({ file }) => file) }
    writeFileSync(tsconfig, JSON.stringify({ ...config, include: [] }))
    const tsc = join(root, 'node_modules/typescript/lib/tsc.js')
    const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', tsconfig], {
      encoding: 'utf8',
    })
    t.equal(stdout, '')
    t.equal(status, 0)
  })

  for (const { file, code } of files)
    t.test(`runs: ${titleOf(code)}`, async () => {
      await import(pathToFileURL(file).href)
    })
})

t.test('the one-line answer names the key that signs', async t => {
  const lines = /## How do I know[^\n]*\n\n```ts\n(.*?)```/s.exec(readme)?.[1]?.trim().split('\n')
  t.equal(lines?.length, 1)
  t.match(lines?.[0], /client\.keys\.status\(\)/)
})

t.test('every code of ours is listed with what to do', async t => {
  const codes: Record<KeysErrorCode | OptionErrorCode, true> = {
    KEYS_UNAVAILABLE: true,
    LOCAL_AUTH_DISABLED: true,
    CLIENT_CLOSED: true,
    OPTION_INVALID: true,
    KEYS_NOT_LITERAL: true,
  }
  const listed = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code)
  t.strictSame(listed, Object.keys(codes))
})
