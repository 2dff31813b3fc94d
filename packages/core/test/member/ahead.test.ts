import {
  isNews,
  type MemberState,
  memberAtStart,
  memberStep,
  statementOf,
  toStore,
} from '@keyturn/core'
import t from 'tap'
import { held, sample } from './arbitraries.ts'

const subject = { account: '/subscriptions/x', pair: 'readWrite' } as const
const identity = (id: string) => ({ id, name: 'app', pid: 1, presence: id })
const aheadOf = (state: MemberState) => statementOf(state).ahead

/** A member that holds one version, with clients that hold others. */
const member = (version: number | null, ...clients: readonly (number | null)[]): MemberState => {
  const start = memberAtStart(null, 'i-1', true)
  const holding =
    version === null ? start : memberStep(start, { is: 'swapped', held: held(version), subject })
  return clients.reduce<MemberState>((state, one, at) => {
    const known = memberStep(state, { is: 'attached', client: identity(`${at}`) })
    const told = sample(1, { held: one === null ? null : held(one) })
    return memberStep(known, { is: 'sampled', id: `${at}`, sample: told })
  }, holding)
}

t.test('a client that is behind, level or unheard is not ahead', async t => {
  t.equal(aheadOf(member(4)), null)
  t.equal(aheadOf(member(4, 3, 4, null)), null)
  t.equal(aheadOf(memberStep(member(4), { is: 'attached', client: identity('a') })), null)
})

t.test('the newest keyset of any client is told, also once that client is lost', async t => {
  const state = member(4, 5, 7, 6)
  t.equal(aheadOf(state)?.version, 7)
  t.equal(aheadOf(memberStep(state, { is: 'disconnected', id: '1' }))?.version, 7)
  t.equal(aheadOf(memberStep(state, { is: 'died', id: '1' }))?.version, 6)
  t.equal(aheadOf(member(null, 5))?.version, 5, 'the member itself holds nothing yet')
})

t.test('other content under the version that is held is ahead as well', async t => {
  const torn = memberStep(member(4, 4), {
    is: 'sampled',
    id: '0',
    sample: sample(2, { held: held(4, { active: 'secondary' }) }),
  })
  t.equal(aheadOf(torn)?.active, 'secondary')
})

t.test('a layout without versions is never ahead of anything', async t => {
  const plain = member(0, 0)
  const sampled = { is: 'sampled', id: '0' } as const
  const other = sample(2, { held: held(0, { active: 'secondary' }) })
  t.equal(aheadOf(memberStep(plain, { ...sampled, sample: other })), null)
})

t.test('what was acknowledged is remembered across a restart, with the floor', async t => {
  const acknowledged = { ...toStore(member(7)), acknowledged: held(7), floor: 5 }
  const again = memberAtStart(acknowledged, 'i-2', true)
  t.equal(aheadOf(again)?.version, 7)
  t.equal(statementOf(again).floor, 5)
  const older = memberStep(again, { is: 'swapped', held: held(6), subject })
  t.equal(aheadOf(older)?.version, 7)
  const back = memberStep(again, { is: 'swapped', held: held(7), subject })
  t.equal(aheadOf(back), null)
})

t.test('whoever is ahead is news: nobody waits for the next report to hear of it', async t => {
  t.ok(isNews(statementOf(member(4, 4)), statementOf(member(4, 5))))
})
