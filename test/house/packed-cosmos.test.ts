import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CosmosClient } from '@azure/cosmos'
import { AzureSim } from '@keyturn/azure-sim'
import { resilient } from '@keyturn/cosmos'
import t from 'tap'
import { outsideFolder } from '../support/process/outside.ts'
import { installPacked } from '../support/process/packed.ts'
import { startNode } from '../support/process/run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const texts = join(root, 'test/house/user')

/** The user's files and the compiler's verdict; what it emits, Node runs. */
const compile = (user: string): { status: number | null; stdout: string } => {
  for (const format of ['mts', 'cts'])
    copyFileSync(join(texts, 'use.ts'), join(user, `use.${format}`))
  copyFileSync(join(texts, 'mixed.ts'), join(user, 'mixed.mts'))
  const compilerOptions = {
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    ...{
      module: 'nodenext',
      target: 'es2024',
      types: ['node'],
      outDir: 'out',
      skipLibCheck: false,
    },
  }
  const files = ['use.mts', 'use.cts', 'mixed.mts']
  writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  const tsc = join(root, 'node_modules/typescript/lib/tsc.js')
  return spawnSync(process.execPath, [tsc, '-p', user], { encoding: 'utf8' })
}

/** An account with one order in it, as the environment of an application. */
const startAccount = async (t: Tap): Promise<Record<string, string>> => {
  const sim = await AzureSim.start({ seed: 31 })
  t.teardown(() => sim.stop())
  const key = (slot: 'primary' | 'secondary'): string => sim.account.shown(slot).key.value
  const keys = { primary: key('primary'), secondary: key('secondary') }
  const engine = resilient(keys, { transport: { ca: sim.ca } })
  const client = new CosmosClient({ endpoint: sim.endpoint, ...engine })
  const { database } = await client.databases.create({ id: 'shop' })
  const { container } = await database.containers.create({ id: 'orders', partitionKey: '/region' })
  await container.items.create({ id: '1', region: 'eu', euros: 42 })
  client.dispose()
  await engine.close()
  return { ENDPOINT: sim.endpoint, CA: sim.ca, PRIMARY: keys.primary, SECONDARY: keys.secondary }
}

type Tap = { teardown(handler: () => unknown): void }

t.test('the packed client serves modules and CommonJS alike', async t => {
  const user = installPacked(root, outsideFolder(t), '@keyturn/cosmos')
  const env = await startAccount(t)

  t.test('its types hold in both', async t => {
    const { status, stdout } = compile(user)
    t.equal(stdout, '')
    t.equal(status, 0)
  })

  for (const file of ['out/use.mjs', 'out/use.cjs'])
    t.test(`${file} reads an item`, async t => {
      const { code, out, err } = await startNode([file], { cwd: user, env }).ended
      t.match({ code, err }, { code: 0, err: '' })
      const expected = { isCosmosClient: true, read: 42, readByOptions: 42, active: 'primary' }
      t.strictSame(JSON.parse(out), expected)
    })

  t.test('the README’s CommonJS runs as it stands there', async t => {
    const readme = readFileSync(join(root, 'packages/cosmos/README.md'), 'utf8')
    const [, block] = /^```js\n(.*?)^```/ms.exec(readme) ?? []
    const given = `const { ENDPOINT: endpoint, PRIMARY: primary, SECONDARY: secondary } = process.env
require('node:tls').setDefaultCACertificates([process.env.CA])\n`
    writeFileSync(join(user, 'readme.cjs'), `${given}${block}`)
    const ended = await startNode(['readme.cjs'], { cwd: user, env }).ended
    t.match(ended, { code: 0, out: 'true\n', err: '' })
  })

  t.test('keys of the one build serve a client of the other', async t => {
    const { code, out, err } = await startNode(['out/mixed.mjs'], { cwd: user, env }).ended
    t.match({ code, err }, { code: 0, err: '' })
    const crossed = {
      isCosmosClient: true,
      isOther: false,
      euros: 42,
      replaced: true,
      closed: 'CLIENT_CLOSED',
    }
    t.strictSame(JSON.parse(out), {
      distinct: true,
      commonJsTakes: crossed,
      modulesTake: crossed,
      shared: { same: true, serving: 'fixed', after: null },
    })
  })
})
