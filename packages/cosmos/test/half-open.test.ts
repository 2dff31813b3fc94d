import t from 'tap'
import { Breakers } from '../src/engine/breakers.ts'
import { fingerprint, newKey } from './support/account.ts'
import { virtualEngine, west } from './support/virtual-engine.ts'

const [a, b] = [newKey(), newKey()]
const resetMs = 30_000

const withDeadKey = async (t: { teardown(handler: () => unknown): void }) => {
  const world = virtualEngine(t, [a, b])
  world.source.offer(a, b)
  world.service.accepts.add(b)
  await world.read()
  // The account read that proves the refusal.
  await world.clock.sleep(5)
  const signedWith = (key: string): number => world.service.seen.filter(each => each === key).length
  const many = async (): Promise<void> => {
    const answers = await Promise.all(Array.from({ length: 60 }, world.read))
    if (answers.some(({ status }) => status !== 200)) throw new Error('an operation failed')
  }
  world.service.seen.length = 0
  return { ...world, signedWith, many }
}

t.test('while its breaker is open nobody tries the key', async t => {
  const { clock, many, signedWith } = await withDeadKey(t)
  await many()
  await clock.sleep(resetMs - 1000)
  await many()
  t.equal(signedWith(a), 0)
  t.equal(signedWith(b), 120)
})

t.test('half-open it lets one attempt of sixty try, which fails over like any other', async t => {
  const { clock, many, signedWith, ring } = await withDeadKey(t)
  await clock.sleep(resetMs)
  await many()
  t.equal(signedWith(a), 1)
  t.equal(signedWith(b), 60)
  await many()
  t.equal(signedWith(a), 1, 'and is open again')
  t.match(ring.refusals, [{ fingerprint: fingerprint(a), proven: true }])
  await clock.sleep(resetMs)
  await many()
  t.equal(signedWith(a), 3, 'by the next trial, and by an account read two spans after the refusal')
})

t.test('a key that is found alive signs again at once', async t => {
  const { clock, many, signedWith, ring, service } = await withDeadKey(t)
  service.accepts.add(a)
  await clock.sleep(resetMs)
  await many()
  t.equal(signedWith(a), 1, 'those that began beside the trial used the other key')
  t.same(ring.refusals, [])
  await many()
  t.equal(signedWith(a), 61)
  t.equal(signedWith(b), 59)
})

t.test('a key that was refused once and lags no longer is no worse for it', async t => {
  const { clock, source, many, signedWith, service } = await withDeadKey(t)
  // The other key dies while this one is still called refused: it is tried before giving up.
  service.accepts.clear()
  service.accepts.add(a)
  await many()
  t.equal(source.refreshes, 1)
  t.equal(signedWith(a), 60)
  await clock.sleep(1)
})

t.test('a refused standby is asked again by itself, ever more seldom', async t => {
  const { clock, source, read, ring, service } = virtualEngine(t, [a, b])
  source.offer(a, b)
  await read()
  t.same(
    ring.refusals.map(each => [each.fingerprint, each.proven]),
    [
      [fingerprint(a), true],
      [fingerprint(b), true],
    ],
    'a whole region refused both',
  )
  service.accepts.add(a)
  await clock.sleep(2 * resetMs + 10)
  t.match(ring.refusals, [{ fingerprint: fingerprint(b) }], 'the active key is well again')
  service.seen.length = 0
  await clock.sleep(3_600_000)
  const asked = service.seen.length
  t.ok(asked >= 6 && asked <= 9, `${asked} account reads in an hour`)
  t.same(new Set(service.seen), new Set([b]))
  service.accepts.add(b)
  await clock.sleep(900_010)
  t.same(ring.refusals, [], 'and is reported no longer, though nobody made a request')
})

t.test('a ring that its owner stops after the last client leaves no breaker behind', async t => {
  const { clock, source, read, ring, engine } = virtualEngine(t, [a, b], 1, { isOwned: true })
  source.offer(a, b)
  await read()
  await engine.close()
  const breakers = Breakers.of(ring, resetMs)
  await ring.stop()
  await clock.sleep(resetMs)
  t.ok(breakers.mayTry(fingerprint(a), west))
  await clock.sleep(resetMs + 1)
  t.notOk(breakers.mayTry(fingerprint(a), west))
})
