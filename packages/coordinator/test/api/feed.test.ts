import t from 'tap'
import { Feed, type Feeding, type Line } from '../../src/api/feed.ts'
import type { Said } from '../../src/api/levels.ts'
import type { JournalEntry, WallClock } from '../../src/ports.ts'

const entry = (revision: number): JournalEntry => ({
  ...{ revision, epoch: 1, at: revision, wallTime: '2026-01-01T00:00:00.000Z' },
  event: { type: 'published', version: revision },
})

/** A journal and levels by hand, a clock that is moved, and lines that take as much as they may. */
const scene = () => {
  let entries: readonly JournalEntry[] = []
  let levels: readonly Said[] = []
  const sleepers: { ms: number; wake: () => void }[] = []
  const clock: WallClock = {
    now: () => 0,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        sleepers.push({ ms, wake: resolve })
        signal.addEventListener('abort', () => resolve(), { once: true })
        if (signal.aborted) resolve()
      }),
  }
  const source: Feeding = {
    journal: (after, limit) => entries.filter(({ revision }) => revision > after).slice(0, limit),
    levels: () => levels,
    get revision() {
      return entries.length
    },
  }
  const feed = new Feed(source, clock)
  return {
    feed,
    append: (count: number) => {
      const next = entries.length + 1
      entries = [...entries, ...Array.from({ length: count }, (_, index) => entry(next + index))]
    },
    say: (text: string, essence = text) => {
      levels = [{ is: 'status', text: JSON.stringify(text), essence }]
    },
    /** Everybody who sleeps for so long wakes; what follows from it is done. */
    pass: async (ms: number) => {
      const woken = sleepers.filter(each => each.ms === ms)
      for (const each of woken) sleepers.splice(sleepers.indexOf(each), 1)
      for (const { wake } of woken) wake()
      await settled()
    },
  }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

const lineOf = (room = Number.POSITIVE_INFINITY) => {
  const gone = new AbortController()
  const written: string[] = []
  let left = room
  let go: (() => void) | null = null
  const line: Line = {
    gone: gone.signal,
    write: text => {
      written.push(text)
      left -= 1
      return left > 0
    },
    ready: () =>
      new Promise(resolve => {
        go = resolve
      }),
  }
  const told = () =>
    written
      .filter(text => text.startsWith('event:'))
      .map(text => text.replace(/^event: (\w+)\nid: (\d+)\ndata: (.*)\n\n$/s, '$1 $2 $3'))
  return {
    line,
    written,
    names: () => told().map(text => text.split(' ').slice(0, 2).join(' ')),
    told,
    read: async () => {
      left = Number.POSITIVE_INFINITY
      go?.()
      await settled()
    },
    leave: () => gone.abort(),
  }
}

t.test('who follows is told how things are, then what changes, and nothing twice', async t => {
  const { feed, append, say, pass } = scene()
  append(3)
  say('one')
  const reader = lineOf()
  const following = feed.follow(reader.line, null)
  await settled()
  t.same(reader.names(), ['status 3'], 'the past is not told unless it is asked for')
  feed.turned()
  await pass(100)
  t.same(reader.names(), ['status 3'], 'nothing has changed')
  append(2)
  say('two')
  feed.turned()
  feed.turned()
  await pass(100)
  t.same(reader.names().slice(1), ['journal 4', 'journal 5', 'status 5'], 'entries come first')
  say('two, three seconds later', 'two')
  feed.turned()
  await pass(100)
  t.equal(reader.names().length, 4, 'time that passes is no news')
  await pass(15_000)
  t.equal(reader.written.at(-1), ':\n\n', 'a silent line is kept open')
  reader.leave()
  await following
  append(1)
  feed.turned()
  await pass(100)
  t.equal(reader.names().length, 4)
})

t.test('nobody follows for longer than half an hour without proving anew who it is', async t => {
  const { feed, append, pass } = scene()
  const reader = lineOf()
  const following = feed.follow(reader.line, null)
  await pass(1_800_000)
  await following
  const written = reader.written.length
  append(1)
  feed.turned()
  await pass(100)
  t.equal(reader.written.length, written)
})

t.test('whoever comes back is told what it missed, all of it, in order', async t => {
  const { feed, append, say } = scene()
  append(450)
  say('now')
  const reader = lineOf()
  const following = feed.follow(reader.line, 10)
  await settled()
  const revisions = Array.from({ length: 440 }, (_, index) => `journal ${index + 11}`)
  t.same(reader.names(), [...revisions, 'status 450'])
  const stranger = lineOf()
  void feed.follow(stranger.line, 1_000)
  await settled()
  t.equal(stranger.names()[0], 'journal 1', 'it has followed another journal')
  feed.close()
  await following
})

t.test('one that reads slowly is told in the end what is so then, and keeps up nobody', async t => {
  const { feed, append, say, pass } = scene()
  say('first')
  const slow = lineOf(1)
  const quick = lineOf()
  void feed.follow(slow.line, null)
  void feed.follow(quick.line, null)
  await settled()
  for (const text of ['second', 'third']) {
    append(1)
    say(text)
    feed.turned()
    await pass(100)
  }
  t.equal(quick.names().length, 5)
  t.same(slow.told(), ['status 0 "first"'])
  await slow.read()
  t.same(
    slow
      .told()
      .slice(1)
      .map(text => text.slice(0, 18)),
    ['journal 1 {"revisi', 'journal 2 {"revisi', 'status 2 "third"'],
    'each entry, but of levels only the last',
  )
  feed.close()
})
