import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { startNode } from '../../../test/support/process/run.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Told by the process itself as it ends: every file that it has loaded. */
const witness = `
import { registerHooks } from 'node:module'
const loaded = new Set()
registerHooks({ load(url, context, next) { loaded.add(url); return next(url, context) } })
process.on('exit', () => console.error(JSON.stringify([...loaded])))
`

/** The packages, of ours and of others, that a command loads. */
const loadedBy = async (t: Test, ...argv: string[]): Promise<readonly string[]> => {
  const file = join(t.testdir({ token: 'x' }), 'witness.mjs')
  writeFileSync(file, witness)
  const flags = ['--conditions=keyturn-source', '--disable-warning=ExperimentalWarning']
  const token = join(t.testdirName, 'token')
  const { err } = await startNode([...flags, `--import=${file}`, main, ...argv], {
    env: { KEYTURN_TOKEN_FILE: token, KEYTURN_COORDINATOR: 'http://127.0.0.1:1' },
  }).ended
  const urls = JSON.parse(err.trim().split('\n').at(-1) ?? '[]') as string[]
  t.ok(urls.length > 3, 'it has a witness')
  const packages = urls.flatMap(
    url => /node_modules\/((?:@[^/]+\/)?[^/]+)|packages\/([^/]+)\/src/.exec(url)?.slice(1) ?? [],
  )
  return [...new Set(packages.filter(name => name !== undefined))].sort()
}

t.test('a command loads what it needs and no more', async t => {
  const least = ['cli', 'commander', 'fastest-levenshtein']
  t.same(await loadedBy(t, '--help'), least)
  t.same(await loadedBy(t, 'config'), least)
  for (const command of ['status', 'fleet', 'watch', 'history', 'plan']) {
    const loaded = await loadedBy(t, command)
    t.ok(loaded.includes('zod') && loaded.includes('protocol'), command)
    for (const name of loaded) {
      t.notMatch(name, /^(@azure|express|undici|pino|chokidar|opossum)/, `${command} loads ${name}`)
    }
    for (const name of ['coordinator', 'sidecar', 'keyring', 'azure-sim', 'cosmos']) {
      t.notOk(loaded.includes(name), `${command} loads ${name}`)
    }
  }
})
