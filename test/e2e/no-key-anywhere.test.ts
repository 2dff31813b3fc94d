import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { runKeyturn } from '../../packages/cli/src/demo/run-keyturn.ts'
import { Stage } from '../../packages/cli/src/demo/stage.ts'
import { LineView } from '../../packages/cli/src/demo/view/lines.ts'
import { LiveView } from '../../packages/cli/src/demo/view/live.ts'
import type { View } from '../../packages/cli/src/demo/view/view.ts'
import { everyKeyOf } from './support/azure-control.ts'
import { azureIn, descendants } from './support/demo.ts'
import { filesBelow, foundIn, shownOf } from './support/search.ts'

t.setTimeout(600_000)
// What tap adds to a test's own process is nothing for the processes of the stage.
process.execArgv = process.execArgv.filter(flag => !flag.startsWith('--import='))

const scratch = (t: Test): string => {
  const folder = mkdtempSync(join(tmpdir(), 'kt-keys-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

t.test('a key that stands somewhere is found, however it is written', async t => {
  const folder = scratch(t)
  const raw = randomBytes(64)
  const key = raw.toString('base64')
  const written: Readonly<Record<string, string | Buffer>> = {
    base64: key,
    base64url: raw.toString('base64url'),
    hex: raw.toString('hex'),
    'upper-case hex': raw.toString('hex').toUpperCase(),
    'percent-encoded': `?sig=${encodeURIComponent(key)}&`,
    'raw bytes': raw,
    'a half of it': key.slice(3, 3 + 44),
    'UTF-16': Buffer.from(key, 'utf16le'),
    'a keyset in a token': Buffer.from(JSON.stringify({ keys: { primary: key } })).toString(
      'base64',
    ),
  }
  for (const [name, content] of Object.entries(written)) {
    const file = join(folder, 'deep.log')
    writeFileSync(file, Buffer.concat([randomBytes(1_000), Buffer.from(content), randomBytes(999)]))
    t.not(foundIn(readFileSync(file), [key]).length, 0, name)
  }
  writeFileSync(join(folder, 'deep.log'), randomBytes(100_000))
  t.same(
    foundIn(readFileSync(join(folder, 'deep.log')), [key]),
    [],
    'and nothing is found in noise',
  )
})

t.test('a key in a database, in its write-ahead log, or shown by the kernel is found', async t => {
  const folder = scratch(t)
  const key = randomBytes(64).toString('base64')
  const db = new DatabaseSync(join(folder, 'journal.sqlite'))
  t.teardown(() => db.close())
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE journal (event TEXT)')
  t.same(search(folder, [key]), [])
  db.prepare('INSERT INTO journal VALUES (?)').run(JSON.stringify({ type: 'leak', key }))
  t.match(search(folder, [key]), [/journal\.sqlite-wal/])
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  t.match(search(folder, [key]), [/journal\.sqlite:/])

  const wait = ['-e', 'console.log(1); setInterval(() => {}, 1000)']
  for (const [args, env] of [
    [[key], {}],
    [[], { KEY: key }],
  ] as const) {
    const child = spawn(process.execPath, [...wait, ...args], { env })
    t.teardown(() => child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    const shown = shownOf(child.pid ?? 0)
    t.match(foundIn(shown ?? Buffer.alloc(0), [key]), [/base64/])
  }
})

t.test('no key stands in anything that a whole run in rough weather writes or shows', async t => {
  const keep = scratch(t)
  const stage = new Stage(keep)
  t.teardown(() => stage.strike())
  const terminal = new PassThrough()
  const shown: Buffer[] = []
  terminal.on('data', (chunk: Buffer) => shown.push(chunk))
  const screen = Object.assign(terminal, { isTTY: true, columns: 100, rows: 40 })
  const running = new AbortController()
  const watching = watch(keep, running.signal)
  const report = await runKeyturn(
    {
      ...{ seed: 3, json: true, faults: true, withoutKeyturn: false, keep },
      pace: { warmUpMs: 200, calmMs: 500, workers: 3 },
    },
    stage,
    both(new LineView(screen), new LiveView(screen, true)),
    new AbortController().signal,
  ).finally(() => running.abort())
  const { keys, processes, states, leaks } = await watching
  // On the disk for whoever keeps it, as the command prints it.
  writeFileSync(join(keep, 'report.json'), JSON.stringify(report))
  writeFileSync(join(keep, 'terminal.log'), Buffer.concat(shown))

  t.match(report, { rotation: { status: 'completed' }, failed401: 0, oldKeysRefused: true })
  t.equal(keys.length, 6 + 4, 'four keys and two new ones here, four where it was compared')
  t.equal(processes, 8 + 4, 'every process was looked at')
  t.ok(states > 1, 'the run was looked at while it ran')
  t.same(leaks, [], 'no key while it ran')
  await stage.strike()
  const files = filesBelow(keep).map(file => file.slice(keep.length + 1))
  for (const written of [
    ...['azure-sim.log', 'coordinator.log', 'sidecar-1.log', 'application-1.log'],
    ...['coordinator.json', 'coordinator/journal.sqlite', 'comparison/azure-sim.log'],
  ]) {
    t.ok(files.includes(written), `${written} was searched`)
  }
  t.ok(
    files.some(file => file.startsWith('sidecar-1/')),
    'so was the state of a sidecar',
  )
  t.same(search(keep, keys), [], 'no key afterwards')
  t.ok(
    readFileSync(join(keep, 'terminal.log')).length > 1_000,
    'the terminal had something to show',
  )

  appendFileSync(join(keep, 'coordinator.log'), `{"event":"leak","key":"${keys[0]}"}\n`)
  t.match(search(keep, keys), [/^coordinator\.log: key 1 as base64/], 'it would have been found')
})

/** Where keys stand below a folder. */
const search = (folder: string, keys: readonly string[]): readonly string[] =>
  searchChanged(folder, keys, new Map())

/** The same, but for files that are as they were when they were looked at for the same keys. */
const searchChanged = (
  folder: string,
  keys: readonly string[],
  looked: Map<string, string>,
): readonly string[] =>
  filesBelow(folder).flatMap(file => {
    // What was there a moment ago may be renamed by now.
    const stat = statSync(file, { throwIfNoEntry: false })
    const state = `${stat?.ino} ${stat?.size} ${stat?.mtimeMs} ${keys.length}`
    if (looked.get(file) === state) return []
    looked.set(file, state)
    const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0)
    return foundIn(bytes, keys).map(found => `${file.slice(folder.length + 1)}: ${found}`)
  })

/** Gathers keys while they live, and looks for them wherever others could read. */
const watch = async (keep: string, ended: AbortSignal) => {
  const keys = new Set<string>()
  const seen = new Set<number>()
  const leaks = new Set<string>()
  const looked = new Map<string, string>()
  let states = 0
  while (!ended.aborted) {
    for (const folder of [keep, join(keep, 'comparison')]) {
      const hand = azureIn(folder)
      for (const key of hand === null ? [] : await everyKeyOf(hand)) keys.add(key)
    }
    for (const pid of descendants(process.pid)) {
      const shown = shownOf(pid)
      if (shown === null) continue
      seen.add(pid)
      for (const found of foundIn(shown, [...keys])) leaks.add(`process ${pid}: ${found}`)
    }
    for (const found of searchChanged(keep, [...keys], looked)) leaks.add(found)
    states += 1
    await sleep(500)
  }
  return { keys: [...keys], processes: seen.size, states, leaks: [...leaks] }
}

/** One after the other: what either shows is searched. */
const both = (...views: readonly View[]): View => ({
  says: line => {
    for (const view of views) view.says(line)
  },
  shows: moment => {
    for (const view of views) view.shows(moment)
  },
  counts: (seconds, crew) => {
    for (const view of views) view.counts(seconds, crew)
  },
  ends: report => {
    for (const view of views) view.ends(report)
  },
})
