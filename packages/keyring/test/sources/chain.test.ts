import { channel } from 'node:diagnostics_channel'
import {
  chain,
  type LiveKeyset,
  Ring,
  type RingSink,
  type ServingChange,
  type Source,
  type SourceKind,
  type SourceStatus,
} from '@keyturn/keyring'
import t from 'tap'
import { keyset, ManualClock, twoKeys } from '../support.ts'

/** A source that a test plays by hand, as often started and stopped as a chain likes. */
class Played implements Source {
  readonly kind: SourceKind
  stalenessMsMax = 0
  isAttached: boolean | undefined
  starts = 0
  isStarted = false
  refreshes = 0
  onRefresh: () => Promise<void> = async () => {}
  #sink: RingSink | null = null
  #serving = false
  #lastError: string | null = null

  constructor(kind: SourceKind) {
    this.kind = kind
  }

  start(sink: RingSink): void {
    this.#sink = sink
    this.starts += 1
    this.isStarted = true
  }

  says(held: LiveKeyset): void {
    const verdict = this.#sink?.offer(held)
    const isHeld = verdict?.take === true || verdict?.reason === 'unchanged'
    this.#lastError = isHeld ? null : `refused: ${verdict?.reason}`
    if (isHeld) this.#serving = true
    if (isHeld && this.kind === 'sidecar') this.isAttached = true
  }

  fails(): void {
    this.#lastError = 'away'
    if (this.kind === 'sidecar') this.isAttached = false
  }

  async refresh(): Promise<void> {
    this.refreshes += 1
    await this.onRefresh()
  }

  status(): SourceStatus {
    const attached = this.isAttached === undefined ? {} : { isAttached: this.isAttached }
    const serving = this.#serving ? this.kind : null
    return { kind: this.kind, serving, ageMs: 0, lastError: this.#lastError, ...attached }
  }

  async stop(): Promise<void> {
    this.isStarted = false
    this.#sink = null
  }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

const stage = (t: { teardown(clean: () => unknown): unknown }) => {
  const clock = new ManualClock()
  const beside = new Played('sidecar')
  const vault = new Played('keyVault')
  const changes: ServingChange[] = []
  const source = chain([beside, vault], { clock, onServing: change => changes.push(change) })
  const ring = new Ring({ source, clock }).start()
  t.teardown(() => ring.stop(0))
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 500) {
      clock.pass(Math.min(left, 500))
      await settled()
    }
  }
  return { clock, beside, vault, source, ring, changes, pass }
}

t.test('the first serves, and the second is not even started', async t => {
  const { beside, vault, source, ring, changes, pass } = stage(t)
  beside.says(keyset(twoKeys()))
  await pass(60_000)
  t.equal(vault.starts, 0)
  t.equal(ring.current?.version, 1)
  t.match(source.status(), {
    kind: 'sidecar',
    serving: 'sidecar',
    isAttached: true,
    lastError: null,
  })
  t.same(changes, [{ from: null, to: 'sidecar', isAttached: true }])
})

t.test('whoever is away is stood in for, serves again when it is back, and is told of', async t => {
  const { beside, vault, source, ring, changes, pass } = stage(t)
  const heard: unknown[] = []
  const hear = (change: unknown) => heard.push(change)
  channel('keyturn:serving').subscribe(hear)
  t.teardown(() => channel('keyturn:serving').unsubscribe(hear))
  const keys = twoKeys()
  beside.says(keyset(keys))
  await settled()
  beside.fails()
  await pass(2_500)
  t.equal(vault.starts, 0, 'a sidecar that restarts is waited for')
  await pass(2_000)
  t.equal(vault.starts, 1)
  vault.says(keyset(keys, { version: 3 }))
  await settled()
  t.equal(ring.current?.version, 3)
  const status = source.status()
  t.match(status, { kind: 'sidecar', serving: 'keyVault', isAttached: false })
  t.match(status.lastError, /Keys come from the keyVault source instead.*it is a stray/)

  beside.says(keyset(keys, { version: 2 }))
  await pass(2_000)
  t.equal(ring.current?.version, 3, 'a sidecar that is behind does not take it back')
  t.equal(source.status().serving, 'keyVault')
  beside.says(keyset(keys, { version: 3 }))
  await pass(1_000)
  t.match(source.status(), { serving: 'sidecar', isAttached: true, lastError: null })
  t.equal(vault.isStarted, false)
  t.same(
    changes.map(({ from, to, isAttached }) => [from, to, isAttached]),
    [
      [null, 'sidecar', true],
      ['sidecar', 'keyVault', false],
      ['keyVault', 'sidecar', true],
    ],
  )
  t.same(heard, changes, 'observers hear the same')

  beside.fails()
  await pass(5_000)
  t.equal(vault.starts, 2, 'and once more')
})

t.test('where nothing says a version, nobody takes back what another said since', async t => {
  const { beside, vault, source, ring, pass } = stage(t)
  const plain = { version: 0, installation: null }
  const [one, two, three] = [
    keyset(twoKeys(), plain),
    keyset(twoKeys(), plain),
    keyset(twoKeys(), plain),
  ]
  beside.says(one)
  await settled()
  beside.fails()
  await pass(5_000)
  vault.says(two)
  t.equal(ring.current, two)
  beside.says(one)
  await pass(5_000)
  t.equal(ring.current, two)
  t.equal(source.status().serving, 'keyVault')
  beside.says(three)
  await pass(1_000)
  t.equal(ring.current, three)
  t.equal(source.status().serving, 'sidecar')
  beside.says(two)
  t.equal(ring.current, two, 'one source may go back: a hand did')
})

t.test(
  'a refresh asks the next where one cannot answer, or has nothing new for refusals',
  async t => {
    const { beside, vault, ring, source } = stage(t)
    const keys = twoKeys()
    beside.says(keyset(keys))
    await settled()
    const signal = new AbortController().signal
    await source.refresh('requested', signal)
    t.equal(vault.refreshes, 0)
    vault.onRefresh = async () => vault.says(keyset(keys, { version: 2 }))
    await source.refresh('refused', signal)
    t.equal(ring.current?.version, 2)
    beside.onRefresh = () => Promise.reject(new Error('no sidecar'))
    vault.onRefresh = async () => vault.says(keyset(keys, { version: 4 }))
    await source.refresh('announced', signal)
    t.equal(ring.current?.version, 4)
    vault.onRefresh = () => Promise.reject(new Error('no vault'))
    await t.rejects(source.refresh('announced', signal), { message: 'no vault' })
  },
)

t.test('one that hangs does not hold up a refresh', async t => {
  const { clock, beside, vault, ring, source } = stage(t)
  beside.onRefresh = () => new Promise(() => undefined)
  vault.onRefresh = async () => vault.says(keyset(twoKeys()))
  const asked = source.refresh('refused', new AbortController().signal)
  await settled()
  clock.pass(400)
  await asked
  t.equal(ring.current?.version, 1)
})

t.test('with nobody there it says so, and the last keyset stays', async t => {
  const { beside, vault, source, ring, pass } = stage(t)
  beside.fails()
  t.match(source.status(), { serving: null, isAttached: false, lastError: 'away' })
  beside.says(keyset(twoKeys()))
  await settled()
  beside.fails()
  await pass(5_000)
  vault.fails()
  await pass(5_000)
  t.equal(ring.current?.version, 1)
  t.match(source.status(), { serving: 'sidecar', isAttached: false, lastError: 'away' })
})

t.test('a chain may serve what is as old as its oldest source allows', async t => {
  const mount = new Played('files')
  mount.stalenessMsMax = 120_000
  t.equal(chain([new Played('sidecar'), mount]).stalenessMsMax, 120_000)
  t.throws(() => chain([]), TypeError)
})

t.test('a listener that throws does not end the chain', async t => {
  const first = new Played('keyVault')
  const clock = new ManualClock()
  const warned = new Promise<Error>(resolve => process.once('warning', resolve))
  const source = chain([first], {
    clock,
    onServing: () => {
      throw new Error('a listener’s fault, on purpose')
    },
  })
  const ring = new Ring({ source, clock }).start()
  t.teardown(() => ring.stop(0))
  first.says(keyset(twoKeys()))
  t.match(await warned, { message: 'a listener’s fault, on purpose' })
  t.equal(source.status().serving, 'keyVault')
})
