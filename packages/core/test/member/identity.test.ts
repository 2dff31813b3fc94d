import { backoffMs, firstSequence, type Identity, identityAtStart, jittered } from '@keyturn/core'
import fc from 'fast-check'
import t from 'tap'

const confirm = (identity: Identity): Identity => ({ ...identity, confirmed: true })

t.test('a restart names the incarnation that the coordinator has recorded', async t => {
  const first = identityAtStart(null, 'a')
  t.match(first, { incarnation: 'a', previousIncarnation: null, confirmed: false })
  t.match(identityAtStart(confirm(first), 'b'), { incarnation: 'b', previousIncarnation: 'a' })
})

t.test('an incarnation that nobody answered is continued', async t => {
  const first = confirm(identityAtStart(null, 'a'))
  const second = identityAtStart(first, 'b')
  const third = identityAtStart(second, 'c')
  t.match(third, { incarnation: 'b', previousIncarnation: 'a', starts: 3 })
  t.ok(firstSequence(third) > firstSequence(second) + 1_000_000, 'above all that was sent before')
})

t.test(
  'the coordinator can always follow: each incarnation names one that it may know',
  async () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 12 }), lives => {
        let stored: Identity | null = null
        let known: string | null = null
        for (const [at, [reached, answered]] of lives.entries()) {
          const now = identityAtStart(stored, `i${at}`)
          // It is the incarnation that stands in the fleet, or it names that one.
          if (known !== null && now.incarnation !== known && now.previousIncarnation !== known) {
            return false
          }
          if (reached) known = now.incarnation
          stored = reached && answered ? confirm(now) : now
        }
        return true
      }),
    )
  },
)

t.test('back-off doubles to its limit, and half of it is chance', async t => {
  const limits = { firstMs: 100, maxMs: 1_000 }
  t.equal(backoffMs(1, 0, limits), 50)
  t.equal(backoffMs(2, 0, limits), 100)
  t.equal(backoffMs(99, 0, limits), 500)
  t.ok(backoffMs(99, 0.999, limits) < 1_000)
  t.equal(jittered(1_000, 0), 900)
  t.ok(jittered(1_000, 0.999) < 1_100)
})
