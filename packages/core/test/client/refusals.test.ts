import { type KeyRefusal, nextRefusals, type RefusalEvent } from '@keyturn/core'
import t from 'tap'
import { fp } from './support.ts'

const [a, b, gone] = [fp('a'), fp('b'), fp('c')]
const here = { endpoint: 'https://west', at: 7, held: [a, b] }
const refused: KeyRefusal = { fingerprint: a, endpoint: 'https://west', since: 7, proven: true }

const acceptedAfter = (fingerprint: typeof a, ...tried: [typeof a, boolean][]): RefusalEvent => ({
  kind: 'accepted',
  fingerprint,
  ...here,
  afterRefusalOf: tried.map(([key, ambiguous]) => ({ fingerprint: key, ambiguous })),
})

t.test('a key is refused once the same attempt was accepted with the other', async t => {
  t.same(nextRefusals([], acceptedAfter(b, [a, false])), [refused])
})

t.test('a key is refused once an account read with it is', async t => {
  const event: RefusalEvent = { kind: 'account-read-refused', fingerprint: a, ...here }
  t.same(nextRefusals([], event), [refused])
})

t.test(
  'after an ambiguous refusal a key is suspected, until an account read proves it',
  async t => {
    const suspected = nextRefusals([], acceptedAfter(b, [a, true]))
    t.same(suspected, [{ ...refused, proven: false }])
    const event: RefusalEvent = { kind: 'account-read-refused', fingerprint: a, ...here, at: 9 }
    t.same(nextRefusals(suspected, event), [refused], 'and it counts from the first refusal')
  },
)

t.test('what is proven is not weakened by a later suspicion', async t => {
  const known = [refused]
  t.equal(nextRefusals(known, acceptedAfter(b, [a, true])), known)
})

t.test('an attempt that ends with the key it was refused with proves nothing', async t => {
  t.same(nextRefusals([], acceptedAfter(a, [a, false])), [])
})

t.test('an accepted key is well there, and only there', async t => {
  const elsewhere = { ...refused, endpoint: 'https://east' }
  t.same(nextRefusals([refused, elsewhere], acceptedAfter(a)), [elsewhere])
})

t.test('a late refusal of a replaced key never touches its successor', async t => {
  t.same(nextRefusals([], acceptedAfter(b, [gone, false])), [])
  t.same(nextRefusals([], { kind: 'account-read-refused', fingerprint: gone, ...here }), [])
})

t.test('a swap forgets the refusals of keys that are no longer held', async t => {
  const both = [refused, { ...refused, fingerprint: b }]
  t.same(nextRefusals(both, { kind: 'swapped', held: [b, gone] }), [both[1]])
  t.equal(nextRefusals(both, { kind: 'swapped', held: [a, b] }), both)
})

t.test('of two keys that are suspected, the proof of one is no proof of the other', async t => {
  const suspected = nextRefusals([], acceptedAfter(b, [a, true]))
  const elsewhere = { ...refused, endpoint: 'https://east', proven: false }
  const event: RefusalEvent = { kind: 'account-read-refused', fingerprint: a, ...here }
  t.same(nextRefusals([elsewhere, ...suspected], event), [elsewhere, refused])
})
