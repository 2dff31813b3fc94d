import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import tls from 'node:tls'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SecretClient } from '@azure/keyvault-secrets'
import { AzureSim } from '@keyturn/azure-sim'
import { keysetContentType } from '@keyturn/protocol'
import { sidecarConfigSchema, sidecarSettings } from '@keyturn/sidecar'
import t, { type Test } from 'tap'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { keyset } from './helpers/keysets.ts'
import { scratch } from './helpers/scratch.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const readmes = ['keyring', 'sidecar'].map(name =>
  readFileSync(join(root, 'packages', name, 'README.md'), 'utf8'),
)
const blocksOf = (language: string): readonly string[] =>
  readmes.flatMap(text =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(
      ([, code = '']) => code,
    ),
  )

/** What the READMEs take for granted: an application has these, and so does the test. */
const given = `${[
  ...['account', 'coordinatorUrl', 'directory', 'endpoint', 'memberToken', 'primary'],
  ...['secondary', 'socket', 'tokenFile', 'vaultUrl'],
]
  .map(name => `declare const ${name}: string`)
  .join('\n')}
declare const credential: import('@azure/identity').TokenCredential
declare const log: (text: string) => void
`

/** An account, its keys in a vault and a directory, and a coordinator, as globals. */
const setUp = async (t: Test): Promise<FakeCoordinator> => {
  const azure = await AzureSim.start({ seed: 52 })
  t.teardown(() => azure.stop())
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), azure.ca])
  const { accountId: account, endpoint, vaultUrl, credential } = azure
  const primary = azure.account.shown('primary').key.value
  const secondary = azure.account.shown('secondary').key.value
  const published = JSON.stringify(keyset({ account, endpoint, keys: { primary, secondary } }))
  const vault = new SecretClient(vaultUrl, credential, {
    disableChallengeResourceVerification: true,
  })
  await vault.setSecret('cosmos-keys', published, { contentType: keysetContentType })
  const directory = await scratch(t)
  writeFileSync(join(directory, 'keyset.json'), published)
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  Object.assign(globalThis, {
    ...{ account, coordinatorUrl: coordinator.url, credential, directory, endpoint, vaultUrl },
    ...{ log: () => {}, memberToken: 'member-token', primary, secondary },
    ...{ socket: join(directory, 's'), tokenFile: join(directory, 'token') },
  })
  return coordinator
}

t.test('the READMEs’ code runs as it stands there', async t => {
  const coordinator = await setUp(t)
  const folder = t.testdir()
  const files = blocksOf('ts').map((code, at) => {
    const file = join(folder, `block-${at}.ts`)
    writeFileSync(file, `${given}${code}\nexport {}\n`)
    return file
  })
  t.equal(files.length, 3)
  t.test('and its types hold', async t => {
    const tsconfig = join(folder, 'tsconfig.json')
    const config = { extends: join(root, 'tsconfig.json'), files, include: [] }
    writeFileSync(tsconfig, JSON.stringify(config))
    const tsc = join(root, 'node_modules/typescript/lib/tsc.js')
    const told = spawnSync(process.execPath, [tsc, '-p', tsconfig], { encoding: 'utf8' })
    t.equal(told.stdout, '')
    t.equal(told.status, 0)
  })
  for (const file of files) await import(pathToFileURL(file).href)
  t.match(coordinator.last, { goodbye: true, clients: { attached: 0, lost: [] } })
  t.equal(coordinator.reports[0]?.member, 'orders-1')
})

t.test('configurations and commands are what a sidecar takes', async t => {
  const [json = ''] = blocksOf('json')
  t.ok(sidecarConfigSchema.safeParse(JSON.parse(json)).success)
  const [command = ''] = blocksOf('sh')
  const used = [...command.matchAll(/--[a-z-]+/g)].map(([flag]) => flag)
  const known = sidecarSettings.map(({ flag }) => flag.split(' ')[0])
  t.ok(used.length > 5)
  t.same(
    used.filter(flag => !known.includes(flag)),
    [],
  )
})

t.test('the README has each setting, and no other', async t => {
  const rows = (readmes[1] ?? '').split('\n').filter(line => line.startsWith('| `--'))
  t.same(
    rows,
    sidecarSettings.map(
      ({ flag, variable, path, description }) =>
        `| \`${flag}\` | \`${variable}\` | \`${path}\` | ${description} |`,
    ),
  )
})
