import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { entries } from '../src/catalogue.ts'
import { programOf } from '../src/program.ts'
import { flagOf, type Setting, settings } from '../src/settings/table.ts'
import { FakeHost, keyturn } from './support/host.ts'

interface Shown {
  readonly settings: readonly { name: string; value: string | null; from: string | null }[]
  readonly usualFile: string | null
}

const shown = async (argv: readonly string[], env: Record<string, string>) => {
  const { code, out, err } = await keyturn(['config', '--json', ...argv], env)
  if (code !== 0) throw new Error(err)
  const { settings: all, usualFile } = JSON.parse(out) as Shown
  const of = (name: string) => all.find(setting => setting.name === name)
  return { of, all, usualFile }
}

t.test(
  'a flag wins over a variable, a variable over the file, the file over the default',
  async t => {
    const folder = t.testdir({
      'config.json': JSON.stringify({
        account: 'of-the-file',
        tokenFile: 'operator.token',
        as: 'ada',
      }),
    })
    const file = join(folder, 'config.json')
    const env = { KEYTURN_CONFIG: file, KEYTURN_ACCOUNT: 'of-the-variable' }
    const { of } = await shown(['--account', 'of-the-flag'], env)
    t.match(of('account'), { value: 'of-the-flag', from: '--account' })
    t.match((await shown([], env)).of('account'), {
      value: 'of-the-variable',
      from: 'KEYTURN_ACCOUNT',
    })
    t.match((await shown([], { KEYTURN_CONFIG: file })).of('account'), {
      value: 'of-the-file',
      from: file,
    })
    t.match(of('coordinator'), { value: 'http://127.0.0.1:8443', from: 'default' })
    t.match(of('ca'), { value: null, from: null })
    t.match(
      of('tokenFile'),
      { value: join(folder, 'operator.token'), from: file },
      'seen from there',
    )
    t.match((await shown([], { ...env, KEYTURN_ACCOUNT: '' })).of('account'), { from: file })
  },
)

t.test('the file lies at home, or where somebody says', async t => {
  const folder = t.testdir({
    '.config': { keyturn: { 'config.json': '{ "as": "home" }' } },
    xdg: { keyturn: { 'config.json': '{ "as": "xdg" }' } },
    'named.json': '{ "as": "named" }',
  })
  const home = { HOME: folder }
  t.equal((await shown([], home)).of('as')?.value, 'home')
  const xdg = { ...home, XDG_CONFIG_HOME: join(folder, 'xdg') }
  t.equal((await shown([], xdg)).of('as')?.value, 'xdg')
  const named = ['--config', join(folder, 'named.json')]
  t.equal((await shown(named, { ...xdg, KEYTURN_CONFIG: '/nowhere' })).of('as')?.value, 'named')
  t.equal((await shown([], {})).usualFile, null)
  const { out } = await keyturn(['config'], home)
  t.match(out, /^setting +value +from$/m)
  t.match(out, /^as +home +.*config\.json$/m)
  t.match(out, /^account +– +not set$/m)
})

t.test('a file that is none is refused in one sentence, with what was probably meant', async t => {
  const folder = t.testdir({
    'near.json': '{ "tokenfile": "x" }',
    'far.json': '{ "colour": "red" }',
    'list.json': '[]',
    'number.json': '{ "account": 7 }',
    'broken.json': '{',
    'url.json': '{ "coordinator": "https://ada:geheim@keyturn.internal" }',
  })
  const cases: readonly (readonly [file: string, about: RegExp])[] = [
    ['near.json', /unknown key tokenfile \(did you mean tokenFile\?\)\.$/m],
    ['far.json', /unknown key colour; known are coordinator, tokenFile, /],
    ['list.json', /object of settings/],
    ['number.json', /account: it has to be a text/],
    ['broken.json', /not JSON/],
    ['none.json', /no such file/],
    ['url.json', /--coordinator: a URL must hold no name or password/],
  ]
  for (const [file, about] of cases) {
    for (const command of ['config', 'status', 'plan']) {
      const told = await keyturn([command, '--config', join(folder, file)])
      t.match(told, { code: 2, out: '', err: about }, `${command} ${file}`)
      t.notMatch(told.err, /geheim/)
    }
  }
})

t.test('every command that asks a coordinator takes every setting', async t => {
  const host = new FakeHost([])
  const program = await programOf(
    host,
    () => undefined,
    () => true,
  )
  const asking = entries
    .map(({ name }) => program.commands.find(command => command.name() === name))
    .filter(command => command?.options.some(({ long }) => long === '--cert-key'))
  t.ok(asking.length > 10)
  for (const command of asking) {
    for (const { name, env } of settings) {
      const option = command?.options.find(({ long }) => long === flagOf(name))
      t.equal(option?.envVar, env, `${command?.name()} ${name}`)
    }
  }
})

const page = new URL('../../../docs/configuration.md', import.meta.url)

t.test('docs/configuration.md has each setting, and no other', async t => {
  const rows = readFileSync(page, 'utf8')
    .split('\n')
    .filter(line => line.startsWith('| `--'))
  const table: readonly Setting[] = settings
  t.same(
    rows,
    table.map(({ name, env, does, default: usual }) => {
      const preset = usual === undefined ? '' : `\`${usual}\``
      return `| \`${flagOf(name)}\` | \`${env}\` | \`${name}\` | ${preset} | ${does} |`
    }),
  )
})
