import { judgeOffer, type Keyset } from '@keyturn/core'
import fc from 'fast-check'
import t from 'tap'
import { fp, keyset } from './support.ts'

const reasonOf = (...args: Parameters<typeof judgeOffer>) => {
  const verdict = judgeOffer(...args)
  return verdict.take ? 'taken' : verdict.reason
}

t.test('an empty ring takes whatever comes first', async t => {
  const offered = keyset()
  t.same(judgeOffer(null, offered), { take: true, keyset: offered })
})

t.test('a newer version replaces an older one, and never the other way round', async t => {
  t.equal(reasonOf(keyset({ version: 1 }), keyset({ version: 2 })), 'taken')
  t.equal(reasonOf(keyset({ version: 2 }), keyset({ version: 1 })), 'older-version')
})

t.test('another account or pair is refused, however new', async t => {
  const held = keyset()
  const newer = { version: 9 }
  t.equal(reasonOf(held, keyset({ ...newer, account: '/other' })), 'other-account')
  t.equal(reasonOf(held, keyset({ ...newer, pair: 'readOnly' })), 'other-pair')
})

t.test('a journal that took the account over is followed, but never backwards', async t => {
  const held = keyset({ version: 5 })
  const two = { installation: 'two', primary: fp('c') }
  t.equal(reasonOf(held, keyset({ ...two, version: 6 })), 'taken')
  t.equal(reasonOf(held, keyset({ ...two, version: 5 })), 'same-version-differs')
  t.equal(reasonOf(held, keyset({ ...two, version: 4 })), 'older-version')
})

t.test('an account id compares without case, and an unnamed one with any', async t => {
  const held = keyset()
  const upper = held.account.toUpperCase()
  t.equal(reasonOf(held, keyset({ account: upper, version: 2 })), 'taken')
  t.equal(reasonOf(keyset({ account: '' }), keyset({ version: 2 })), 'taken')
})

t.test('the same version is taken once: with other content it is not the writer’s', async t => {
  const held = keyset()
  t.equal(reasonOf(held, keyset()), 'unchanged')
  t.equal(reasonOf(held, keyset({ primary: fp('c') })), 'same-version-differs')
  t.equal(reasonOf(held, keyset({ fenced: ['secondary'] })), 'same-version-differs')
  t.equal(reasonOf(held, keyset({ active: 'secondary' })), 'same-version-differs')
})

t.test('layouts without versions are followed, until a version was held', async t => {
  const loose = { version: 0, installation: null }
  t.equal(reasonOf(keyset(loose), keyset({ ...loose, primary: fp('c') })), 'taken')
  t.equal(reasonOf(keyset(loose), keyset(loose)), 'unchanged')
  t.equal(reasonOf(keyset(loose), keyset()), 'taken')
  t.equal(reasonOf(keyset(), keyset({ ...loose, primary: fp('c') })), 'lost-version')
})

t.test('whatever is offered in whatever order, the version held only grows', async t => {
  const offers = fc.array(
    fc.record({
      version: fc.integer({ min: 0, max: 6 }),
      installation: fc.constantFrom('one', 'two', null),
      primary: fc.constantFrom(fp('a'), fp('c'), fp('d')),
    }),
  )
  fc.assert(
    fc.property(offers, changes => {
      const held: Keyset[] = []
      for (const change of changes) {
        const verdict = judgeOffer(held.at(-1) ?? null, keyset(change))
        if (verdict.take) held.push(verdict.keyset)
      }
      return held.every(({ version }, i) => version >= (held[i - 1]?.version ?? 0))
    }),
  )
  t.pass('holds for every order tried')
})
