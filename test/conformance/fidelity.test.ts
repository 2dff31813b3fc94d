import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ResourceType } from '@azure/cosmos'
import t from 'tap'
import { routes as armRoutes } from '../../packages/azure-sim/src/arm/arm.ts'
import { routes as entraRoutes } from '../../packages/azure-sim/src/entra/entra.ts'
import { AzureSim } from '../../packages/azure-sim/src/index.ts'
import { routes as vaultRoutes } from '../../packages/azure-sim/src/vault/vault.ts'
import { trust } from '../../packages/azure-sim/test/clients.ts'
import { azureSpec } from '../../packages/azure-sim/test/specs.ts'
import { registry } from './fidelity/registry.ts'
import { render } from './fidelity/render.ts'
import { servedRoutes } from './support/data-routes.ts'

const root = join(import.meta.dirname, '../..')
const rows = registry.flatMap(section => section.rows)

t.test('docs/fidelity.md is what the registry says', async t => {
  const page = join(root, 'docs/fidelity.md')
  const written = existsSync(page) ? readFileSync(page, 'utf8') : ''
  t.equal(written, render(registry), 'npm run fidelity writes it anew')
})

/** As a source writes it: between the quotes that its author chose. */
const titlesIn = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/\btest\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g)].map(
      ([, single, double, template]) =>
        (single ?? double ?? template ?? '').replace(/\\(['"])/g, '$1'),
    ),
  )

t.test('every test that a row names is there', async t => {
  const missing = rows.flatMap(({ rule, heldBy }) =>
    heldBy.flatMap(({ file, title }) => {
      if (!existsSync(join(root, file))) return [`${file} (${rule})`]
      const titles = titlesIn(readFileSync(join(root, file), 'utf8'))
      return titles.has(title) ? [] : [`${file}: ${title}`]
    }),
  )
  t.same(missing, [])
  t.same(
    rows.filter(({ heldBy }) => heldBy.length === 0).map(({ rule }) => rule),
    [],
    'and every row names one',
  )
})

t.test('every source among the published files is there', { skip: azureSpec.skip }, async t => {
  const missing = rows
    .flatMap(({ sources }) => sources ?? [])
    .filter(source => !source.startsWith('https://') && !source.startsWith('@azure/'))
    .filter(source => {
      const [path = '', place = ''] = source.split('#')
      const file = join(azureSpec.folder, path)
      return !existsSync(file) || (place !== '' && !readFileSync(file, 'utf8').includes(place))
    })
  t.same(missing, [])
})

t.test('every source in a package of Microsoft’s is there', async t => {
  const missing = rows
    .flatMap(({ sources }) => sources ?? [])
    .filter(source => source.startsWith('@azure/'))
    .filter(source => {
      const [name = '', path = ''] = source.split('#')[0]?.split(' ') ?? []
      return !existsSync(join(root, 'node_modules', name, path))
    })
  t.same(missing, [])
})

t.test('a row has Microsoft’s word, or says what it assumes', async t => {
  const bare = rows.filter(row => !('assumed' in row) && row.sources.length === 0)
  t.same(
    bare.map(({ rule }) => rule),
    [],
  )
  const rules = rows.map(({ rule }) => rule)
  t.same(
    rules.filter((rule, at) => rules.indexOf(rule) !== at),
    [],
    'and stands once',
  )
})

const group = '/subscriptions/:subscription/resourceGroups/:group'
const account = `${group}/providers/Microsoft.DocumentDB/databaseAccounts/:account`
const short = (route: string): string =>
  route.replace(account, '{account}').replace(group, '{group}')

const claimed = new Set(rows.flatMap(({ routes }) => routes ?? []))

const unclaimed = (routes: readonly string[]) =>
  routes.map(short).filter(route => !claimed.has(route))

t.test('every route of ARM, the vault and Entra has a row', async t => {
  t.same(unclaimed(armRoutes.all), [], 'ARM')
  t.same(unclaimed(vaultRoutes.all), [], 'Key Vault')
  t.same(unclaimed(entraRoutes.all), [], 'Entra')
})

t.test('every resource type and verb that the data plane serves has a row', async t => {
  const sim = await AzureSim.start({ seed: 12 })
  t.teardown(() => sim.stop())
  trust(sim)
  const served = await servedRoutes(sim, Object.values(ResourceType))
  t.ok(served.length > 20, `${served.length} are served`)
  t.same(unclaimed(served), [])
})

t.test('every route that a row claims is served', async t => {
  const known = new Set([...armRoutes.all, ...vaultRoutes.all, ...entraRoutes.all].map(short))
  const isData = (route: string) => /^[A-Z]+ [a-z]+(\/\*)?$/.test(route)
  t.same(
    [...claimed].filter(route => !isData(route) && !known.has(route)),
    [],
  )
})
