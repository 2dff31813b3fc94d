import { acknowledgement, awaitedProof, probesDue, sameHeld } from '@keyturn/core'
import fc from 'fast-check'
import t from 'tap'
import { anyClients, anyHeld, anyProven, client, held, key, sample } from './arbitraries.ts'

const proven = [key(1), key(2)]
const holding = (id: string, what: ReturnType<typeof held> | null) =>
  client(id, { sample: sample(1, { held: what }) })

t.test('a member acknowledges what every client holds', async t => {
  const v2 = held(2)
  t.same(acknowledgement(v2, [], proven), v2, 'nobody else: what it holds itself')
  t.same(acknowledgement(v2, [holding('a', v2), holding('b', held(2))], proven), v2)
  t.equal(acknowledgement(null, [], proven), null, 'it holds nothing')
})

t.test('one client that is behind, ahead, torn, empty, unheard or lost is enough', async t => {
  const v2 = held(2)
  const others: [string, ReturnType<typeof client>][] = [
    ['behind', holding('b', held(1))],
    ['ahead', holding('b', held(3))],
    [
      'torn: another key',
      holding('b', held(2, { fingerprints: { primary: key(1), secondary: key(3) } })),
    ],
    ['torn: another fence', holding('b', held(2, { fenced: ['secondary'] }))],
    ['torn: another active slot', holding('b', held(2, { active: 'secondary' }))],
    ['empty', holding('b', null)],
    ['unheard', client('b')],
    ['lost', client('b', { state: 'lost', sample: sample(1, { held: v2 }) })],
  ]
  for (const [title, other] of others) {
    t.equal(acknowledgement(v2, [holding('a', v2), other], proven), null, title)
  }
})

t.test('a new standby is acknowledged only once it is proven from here', async t => {
  t.equal(awaitedProof(held(1), [key(1)]), key(2))
  t.equal(acknowledgement(held(1), [], [key(1)]), null)
  t.same(acknowledgement(held(1), [], [key(2)]), held(1), 'the active key proves itself')
})

t.test('a fenced standby needs no proof and is never probed', async t => {
  const fenced = held(1, { fenced: ['secondary'] })
  t.equal(awaitedProof(fenced, []), null)
  t.same(acknowledgement(fenced, [], []), fenced)
  t.same(probesDue(fenced, []), [key(1)])
  t.same(probesDue(held(1), [key(1)]), [key(2)], 'and nothing is tried twice')
})

t.test('whatever is acknowledged is held by everybody', async () => {
  fc.assert(
    fc.property(anyHeld, anyClients, anyProven, (own, clients, known) => {
      const said = acknowledgement(own, clients, known)
      return (
        said === null ||
        (sameHeld(said, own) &&
          clients.every(
            each => each.state === 'attached' && sameHeld(each.sample?.held ?? null, own),
          ))
      )
    }),
  )
})

t.test('no key that is due for a probe is fenced', async () => {
  fc.assert(
    fc.property(anyHeld, anyProven, (own, known) => {
      const usable = (['primary', 'secondary'] as const)
        .filter(slot => !own.fenced.includes(slot))
        .map(slot => own.fingerprints[slot])
      return probesDue(own, known).every(each => usable.includes(each) && !known.includes(each))
    }),
  )
})
