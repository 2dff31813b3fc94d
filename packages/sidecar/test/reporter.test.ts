import { heldOf, memberAtStart } from '@keyturn/core'
import { type Clock, keysetFromDocument, Ring } from '@keyturn/keyring'
import { type Report, type ReportAnswer, reportSchema } from '@keyturn/protocol'
import t, { type Test } from 'tap'
import { Reporter } from '../src/report/reporter.ts'
import { MemberStore } from '../src/store.ts'
import { SpokenSource } from './helpers/keysets.ts'
import { LogLines } from './helpers/log-lines.ts'
import { fencedKeyset } from './helpers/sidecars.ts'

const gapMs = 5

/** A report under way: the test plays the coordinator. */
interface Sent {
  readonly report: Report
  readonly signal: AbortSignal
  answer(): void
  fail(): void
}

/** Time that a wait takes at once, and remembers. */
class CountedTime implements Clock {
  readonly waits: number[] = []
  /** Called when a wait begins, for news in the middle of it; it may hold the wait up. */
  onWait: () => Promise<void> | void = () => undefined
  #now = 0

  now(): number {
    return this.#now
  }

  wall(): number {
    return this.#now
  }

  async sleep(ms: number): Promise<void> {
    this.waits.push(ms)
    await this.onWait()
    await new Promise(setImmediate)
    this.#now += ms
  }
}

const startReporting = (t: Test, holdMs: number, chances: readonly number[] = []) => {
  const store = new MemberStore(memberAtStart(null, 'i-1', false))
  const swap = (version: number): void => {
    const keyset = keysetFromDocument(fencedKeyset(version))
    const subject = { account: keyset.account, pair: keyset.pair }
    store.apply({ is: 'swapped', held: heldOf(keyset), subject })
  }
  swap(1)
  store.apply({ is: 'answered', floor: 0, announced: 0 })
  const clock = new CountedTime()
  const { log } = new LogLines()
  const sent: Sent[] = []
  let wake: () => void = () => undefined
  const send = (report: Report, signal: AbortSignal): Promise<ReportAnswer> => {
    const { promise, resolve, reject } = Promise.withResolvers<ReportAnswer>()
    signal.addEventListener('abort', () => reject(signal.reason))
    sent.push({
      report: reportSchema.parse(report),
      signal,
      answer: () => resolve({ floor: 0, announced: null }),
      fail: () => reject(new Error('nobody there')),
    })
    wake()
    return promise
  }
  let drawn = 0
  const reporter = new Reporter({
    store,
    ring: new Ring({ source: new SpokenSource(), clock }),
    send,
    onAnswer: () => undefined,
    holdMs,
    clock,
    chance: () => chances[drawn++] ?? 0.5,
    log,
  })
  reporter.start()
  t.teardown(() => reporter.stop())
  const nth = async (count: number): Promise<Sent> => {
    for (;;) {
      const found = sent[count]
      if (found !== undefined) return found
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  }
  return { store, swap, clock, nth }
}

t.test('without news each report asks to be held for a time of its own', async t => {
  // The hold, and how soon the next may follow one that was not held.
  const chances = [0, 0, 0.5, 0.25, 0.999, 0.999]
  const { clock, nth } = startReporting(t, 10_000, chances)
  for (const [at, holdMs] of [9_000, 10_000, 10_998].entries()) {
    const { report, answer } = await nth(at)
    t.equal(report.holdMs, holdMs)
    answer()
  }
  await nth(3)
  const paces = clock.waits.filter(ms => ms !== gapMs).map(Math.round)
  t.same(paces, [900, 950, 1_100], 'where nothing is held, members drift apart as well')
})

t.test('the longest hold that may be asked for drifts too, and fits the wire', async t => {
  const { nth } = startReporting(t, 60_000, [0.999_999, 0.5, 0])
  const first = await nth(0)
  t.ok(first.report.holdMs <= 60_000)
  first.answer()
  t.ok((await nth(1)).report.holdMs < first.report.holdMs)
})

t.test('news ends a held report at once, and the next one says all', async t => {
  const { swap, nth, clock, store } = startReporting(t, 10_000)
  const held = await nth(0)
  t.equal(held.signal.aborted, false)
  swap(2)
  t.equal(held.signal.aborted, true, 'in the same turn')
  const next = await nth(1)
  t.equal(next.report.held?.version, 2)
  t.ok(next.report.sequence > held.report.sequence)
  t.same(clock.waits, [gapMs])
  t.comment('counts that merely move wait for their time')
  const [fingerprint] = Object.values(store.state.held?.fingerprints ?? {})
  if (fingerprint === undefined) return t.fail('nothing is held')
  const probes = [{ fingerprint, inFlight: 0, total: 9, idleMs: 3 }]
  store.apply({ is: 'measured', probes, refused: [] })
  t.equal(next.signal.aborted, false)
})

t.test('where news comes faster than answers, some answer is heard all the same', async t => {
  const { swap, nth } = startReporting(t, 10_000)
  for (const at of [0, 1, 2]) {
    const { signal } = await nth(at)
    swap(at + 2)
    t.equal(signal.aborted, true)
  }
  const waited = await nth(3)
  t.equal(waited.report.holdMs, 0, 'it asks to be answered at once')
  swap(5)
  t.equal(waited.signal.aborted, false)
  waited.answer()
  const next = await nth(4)
  t.equal(next.report.held?.version, 5, 'and the news follows it')
  t.equal(next.report.holdMs, 10_000)
  swap(6)
  t.equal(next.signal.aborted, true)
})

t.test('news that comes between two reports waits for no pace', async t => {
  const { swap, nth, clock } = startReporting(t, 0)
  clock.onWait = () => {
    if (clock.waits.at(-1) === gapMs) return
    setImmediate(() => swap(2))
    return new Promise(() => undefined)
  }
  const first = await nth(0)
  first.answer()
  t.equal((await nth(1)).report.held?.version, 2)
})

t.test('a coordinator that is away is asked ever less often, and then hears all', async t => {
  const { swap, store, nth, clock } = startReporting(t, 10_000)
  const failures = 8
  for (let at = 0; at < failures; at += 1) {
    const { fail } = await nth(at)
    fail()
  }
  const back = await nth(failures)
  t.same(clock.waits, [150, 300, 600, 1_200, 2_400, 3_750, 3_750, 3_750])
  t.comment('a client came, was lost, and two keysets were swapped in while nobody heard')
  const client = { id: 'c-1', name: 'app', pid: 1, presence: 'c-1' }
  clock.onWait = () => {
    clock.onWait = () => undefined
    store.apply({ is: 'attached', client })
    store.apply({ is: 'disconnected', id: 'c-1' })
    swap(2)
    swap(3)
  }
  back.fail()
  const heard = await nth(failures + 1)
  t.match(heard.report, { held: { version: 3 }, clients: { lost: [/^app\./] }, acknowledged: null })
  t.ok(
    heard.report.usage.every(({ inFlight }) => inFlight > 0),
    'what the lost client may hold is in use',
  )
  t.equal(heard.report.sequence, back.report.sequence + 1, 'no number comes twice')
  t.comment('and the next failure is the first again')
  heard.answer()
  const later = await nth(failures + 2)
  clock.waits.length = 0
  later.fail()
  await nth(failures + 3)
  t.equal(clock.waits[0], 150)
})
