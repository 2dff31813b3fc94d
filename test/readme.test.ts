import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { promisify } from 'node:util'
import { SecretClient } from '@azure/keyvault-secrets'
import { AzureSim } from '@keyturn/azure-sim'
import { keyVault } from '@keyturn/keyring'
import { type KeysetDocument, keysetContentType } from '@keyturn/protocol'
import { Sidecar } from '@keyturn/sidecar'
import t from 'tap'
import { catalogue } from '../packages/cli/src/catalogue.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

const codeOf = (language: string): string => {
  const found = readme.match(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``))
  if (!found?.[1]) throw new Error(`the README has no ${language} block`)
  return found[1]
}

const startAzure = async (t: import('tap').Test): Promise<AzureSim> => {
  const azure = await AzureSim.start()
  t.teardown(() => azure.stop())
  setDefaultCACertificates([...getCACertificates('default'), azure.ca])
  return azure
}

const writeKeyset = async (azure: AzureSim): Promise<void> => {
  const value = (kind: string) =>
    azure.account.keysKnown().find(key => key.kind === kind)?.value ?? ''
  const document: KeysetDocument = {
    schema: 'keyturn/v1',
    account: azure.accountId,
    endpoint: azure.endpoint,
    pair: 'readWrite',
    installation: 'readme',
    version: 7,
    active: 'primary',
    fenced: [],
    keys: { primary: value('primary'), secondary: value('secondary') },
  }
  const vault = new SecretClient(azure.vaultUrl, azure.credential, {
    disableChallengeResourceVerification: true,
  })
  await vault.setSecret('keyset', JSON.stringify(document), { contentType: keysetContentType })
}

t.test('the README’s application runs as it stands there', async t => {
  const azure = await startAzure(t)
  await writeKeyset(azure)
  const directory = t.testdir({ 'ca.pem': azure.ca, 'application.ts': codeOf('ts') })
  // A path of a Unix socket has at most 107 bytes.
  const socketDirectory = mkdtempSync(join(tmpdir(), 'keyturn-'))
  t.teardown(() => rmSync(socketDirectory, { recursive: true }))
  const socket = join(socketDirectory, 's')
  const source = keyVault({
    vaultUrl: azure.vaultUrl,
    secretName: 'keyset',
    credential: azure.credential,
  })
  const sidecar = new Sidecar({ name: 'readme', source, socket, stateDirectory: directory })
  await sidecar.start()
  t.teardown(() => sidecar.stop())
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--conditions=keyturn-source', join(directory, 'application.ts')],
    {
      env: {
        NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem'),
        COSMOS_ENDPOINT: azure.endpoint,
        KEYTURN_SOCKET: socket,
      },
    },
  )
  t.same(stdout.trim().split('\n'), ['version 7, primary signs', 'shop primary'])
  t.equal(stderr, '')
})

t.test('the README has every command, grouped as the help has them, and no other', async t => {
  const [, table = ''] = readme.split('## Commands\n')
  const rows = [...table.matchAll(/^\| ([a-z ]+) \| (`[a-z-]+`(?:, `[a-z-]+`)*) \|$/gm)]
  t.same(
    rows.map(([, heading, names = '']) => [`${heading}:`, names.replaceAll('`', '').split(', ')]),
    catalogue.map(({ heading, entries }) => [
      heading.toLowerCase(),
      entries.map(({ name }) => name),
    ]),
  )
})

t.test('every script that the README runs exists', async t => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const named = [...readme.matchAll(/(?:^|`)npm (?:run )?([a-z][a-z:]*)/gm)].map(
    ([, name = '']) => name,
  )
  t.ok(named.length > 5)
  for (const name of named) t.ok(scripts[name], name)
})
