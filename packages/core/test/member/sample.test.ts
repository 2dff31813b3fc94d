import { heldOf, type Keyset, sameHeld, signable } from '@keyturn/core'
import t from 'tap'
import { held, key } from './arbitraries.ts'

const keyset: Keyset = {
  account: '/subscriptions/x',
  endpoint: 'https://x/',
  pair: 'readWrite',
  installation: 'i-1',
  version: 4,
  active: 'secondary',
  fenced: ['primary'],
  keys: { primary: { fingerprint: key(1) }, secondary: { fingerprint: key(2) } },
}

t.test('what is held is a keyset without its keys', async t => {
  t.same(heldOf(keyset), held(4, { active: 'secondary', fenced: ['primary'] }))
})

t.test('two hold the same only if nothing differs', async t => {
  t.ok(sameHeld(null, null))
  t.ok(sameHeld(held(1), held(1)))
  t.notOk(sameHeld(held(1), null))
  t.notOk(sameHeld(held(1), held(2)))
  t.notOk(sameHeld(held(1), held(1, { fenced: ['secondary'] })))
})

t.test('a fenced key is not signable', async t => {
  t.same(signable(heldOf(keyset)), [key(2)])
  t.same(signable(held(1)), [key(1), key(2)])
})
