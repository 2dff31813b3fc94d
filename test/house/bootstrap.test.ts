import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { saidBy, startNode } from '../support/process/run.ts'

const bootstrap = new URL('../../scripts/bootstrap/bootstrap.js', import.meta.url)
const entry = fileURLToPath(new URL('../../scripts/bootstrap.js', import.meta.url))

/** Stands for npm: notes that it ran, installs a Node and a tap, and fails when told to. */
const npm = `
import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n')
if (process.env.NPM_FAILS) process.exit(1)
mkdirSync('node_modules/.bin', { recursive: true })
mkdirSync('node_modules/tap/dist/esm', { recursive: true })
if (process.env.NPM_WAITS) { console.error('npm is waiting'); setInterval(() => {}, 1000) }
else {
  if (!process.env.NPM_LEAVES_NODE_OUT) symlinkSync(process.execPath, 'node_modules/.bin/node')
  writeFileSync('node_modules/tap/dist/esm/run.mjs', 'console.log("tap", process.argv[2])')
}
`

const clone = (t: Test): string =>
  t.testdir({
    'npm-cli.mjs': npm,
    'package.json': JSON.stringify({ devDependencies: { node: '^24.0.0' } }),
    'package-lock.json': JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
  })

const start = (folder: string, env: NodeJS.ProcessEnv = {}) => {
  const code = `const { bootstrap } = await import(${JSON.stringify(bootstrap.href)})
    process.exitCode = await bootstrap(new URL(${JSON.stringify(`${pathToFileURL(folder)}/`)}))`
  return startNode(['--input-type=module', '--eval', code], {
    cwd: folder,
    env: { npm_execpath: join(folder, 'npm-cli.mjs'), ...env },
  })
}

const installs = (folder: string): number =>
  existsSync(join(folder, 'npm.log'))
    ? readFileSync(join(folder, 'npm.log'), 'utf8').trim().split('\n').length
    : 0

t.test('a fresh clone is installed once, and nothing is said on standard output', async t => {
  const folder = clone(t)
  t.match(await start(folder).ended, { code: 0, out: '' })
  t.match(
    readFileSync(join(folder, 'npm.log'), 'utf8'),
    /^ci --loglevel=error --include=dev .*--progress=false/,
  )
  t.match(await start(folder).ended, { code: 0, out: '', err: '' })
  t.equal(installs(folder), 1)
})

t.test('another lockfile is another install', async t => {
  const folder = clone(t)
  await start(folder).ended
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ packages: {}, lockfileVersion: 3 }),
  )
  t.equal((await start(folder, { NPM_FAILS: 'yes' }).ended).code, 1)
  t.equal(installs(folder), 2)
})

t.test('what npm has installed by hand is not installed again', async t => {
  const folder = clone(t)
  await start(folder, { NPM_LEAVES_NODE_OUT: 'yes' }).ended
  const hidden = join(folder, 'node_modules', '.package-lock.json')
  writeFileSync(hidden, JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }))
  await start(folder).ended
  t.equal(installs(folder), 1, 'the tree is what the lockfile says')
  writeFileSync(hidden, JSON.stringify({ packages: { 'node_modules/a': { version: '0.9.0' } } }))
  await start(folder).ended
  t.equal(installs(folder), 2, 'the tree is an older one')
})

t.test('a failed install is one sentence, and the next start tries again', async t => {
  const folder = clone(t)
  const failed = await start(folder, { NPM_FAILS: 'yes' }).ended
  t.match(failed, { code: 1, out: '' })
  t.match(failed.err, /^keyturn: installing the dependencies[^\n]+ failed \(code 1\)[^\n]+\n$/)
  t.equal((await start(folder).ended).code, 0)
  t.equal(installs(folder), 2)
})

t.test('an install without its own Node says what to do', async t => {
  const folder = clone(t)
  const ended = await start(folder, { NPM_LEAVES_NODE_OUT: 'yes' }).ended
  t.equal(ended.code, 1)
  t.match(ended.err, /must be Node 24 and does not run on this machine; run `npm rebuild node/)
})

t.test('of several starts at once, one installs', async t => {
  const folder = clone(t)
  const all = await Promise.all([1, 2, 3, 4].map(() => start(folder).ended))
  t.same(
    all.map(({ code }) => code),
    [0, 0, 0, 0],
  )
  t.equal(installs(folder), 1)
})

t.test('an interrupted install ends npm too, and leaves nothing that blocks the next', async t => {
  const folder = clone(t)
  const running = start(folder, { NPM_WAITS: 'yes' })
  await saidBy(running, 'npm is waiting')
  running.child.kill('SIGTERM')
  t.match(await running.ended, { code: 143, err: /interrupted while installing/ })
  t.equal((await start(folder).ended).code, 0)
})

t.test('a killed start leaves npm at work, and the next waits for npm', async t => {
  const folder = clone(t)
  const killed = start(folder, { NPM_WAITS: 'yes' })
  await saidBy(killed, 'npm is waiting')
  const lock = join(folder, '.keyturn', 'install.lock')
  const pids = (): readonly number[] => JSON.parse(readFileSync(lock, 'utf8')).pids
  // npm may speak before its parent has written down who it is.
  while (pids().length < 2) await sleep(10)
  const [, npmPid = 0] = pids()
  killed.child.kill('SIGKILL')
  const next = start(folder)
  await saidBy(next, 'another start is installing')
  t.equal(installs(folder), 1, 'two installs never run in one tree')
  process.kill(npmPid, 'SIGKILL')
  t.equal((await next.ended).code, 0)
  t.equal(installs(folder), 2)
})

t.test('a lock whose holders are gone is no obstacle', async t => {
  const folder = clone(t)
  const { child, ended } = startNode(['--eval', '0'])
  await ended
  const lock = join(folder, '.keyturn')
  mkdirSync(lock)
  const holders = { host: hostname(), pids: [child.pid] }
  writeFileSync(join(lock, 'install.lock'), JSON.stringify(holders))
  t.equal((await start(folder).ended).code, 0)
})

t.test('a Node before 20 gets one sentence', async t => {
  const old = `--import=data:text/javascript,Object.defineProperty(process.versions,'node',{value:'18.20.8'})`
  const ended = await startNode([old, entry]).ended
  t.match(ended, { code: 1, out: '', err: /^keyturn: Node 18\.20\.8 is too old;[^\n]+\n$/ })
})
