import t from 'tap'
import { Hearing } from '../../src/loop/platform.ts'
import type { Platform, PlatformWord } from '../../src/ports.ts'
import { AccountWorld } from './world.ts'

/** Says what the test says. */
class Spoken implements Platform {
  word: PlatformWord = { ageMs: 0, expected: [], dead: [], error: null }

  read(): PlatformWord {
    return this.word
  }

  start(): void {}

  async stop(): Promise<void> {}
}

const terminated: PlatformWord['dead'][number] = {
  name: 'web-1',
  uid: 'u-1',
  proof: 'terminated',
  detail: 'phase Succeeded',
}

t.test('what is said is dated by observed time, a death by when it was first heard', async t => {
  const platform = new Spoken()
  const hearing = new Hearing(platform)
  platform.word = { ...platform.word, ageMs: 40, dead: [terminated] }
  t.match(hearing.view(1_000), { at: 960, dead: [{ uid: 'u-1', seenAt: 1_000 }] })
  t.match(hearing.view(5_000), { at: 4_960, dead: [{ uid: 'u-1', seenAt: 1_000 }] })
  platform.word = { ...platform.word, ageMs: null, dead: [], error: 'ECONNREFUSED' }
  t.same(hearing.view(6_000), { at: null, expected: [], dead: [], error: 'ECONNREFUSED' })
  platform.word = { ...platform.word, dead: [terminated] }
  t.match(hearing.view(7_000), { dead: [{ seenAt: 7_000 }] }, 'heard anew')
})

t.test(
  'whoever is proven dead is so in journal and fleet at once, and for a successor',
  async t => {
    const platform = new Spoken()
    const world = new AccountWorld({ platform })
    t.teardown(() => world.store.close())
    world.member.pod = { name: 'web-1', uid: 'u-1', namespace: 'shop' }
    await world.adopt()
    await world.until(() => world.account.announced > 0)
    t.same(standings(world), ['joined'])
    platform.word = { ...platform.word, dead: [terminated] }
    t.equal(await world.account.turn(), 'acted')
    t.same(standings(world), ['dead'])
    t.match(world.account.journal().at(-1)?.event, { type: 'died', member: 'one', uid: 'u-1' })
    const successor = world.open()
    t.match(successor.state.fleet.members, [{ standing: 'dead' }])
    t.equal(await successor.turn(), 'waited', 'and it is recorded once')
  },
)

const standings = ({ account }: AccountWorld) =>
  account.state.fleet.members.map(({ standing }) => standing)
