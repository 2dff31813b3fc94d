import t from 'tap'
import { lies } from './lies.ts'
import { Night } from './night.ts'

t.setTimeout(300_000)

for (const [lie, options] of Object.entries(lies)) {
  t.test(`${lie}: nobody is buried alive, and no key goes too early`, async t => {
    const night = new Night({ seed: 1, pods: 6, ...options })
    const { violations, ended, blockers, journal } = await night.pass(3_600_000)
    t.same(violations, [])
    t.equal(ended, 'completed', blockers.join(', '))
    t.equal(journal.get('evicted') ?? 0, 0)
  })
}
