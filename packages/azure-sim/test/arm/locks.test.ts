import t from 'tap'
import { AzureSim } from '../../src/index.ts'
import { armRequest, trust } from '../clients.ts'

const sim = await AzureSim.start({ seed: 16 })
t.teardown(() => sim.stop())
trust(sim)
const group = sim.accountId.split('/').slice(0, 5).join('/')

t.test(
  'a read-only lock refuses every write, listKeys among them, in the recorded words',
  async t => {
    sim.setLocks([{ level: 'ReadOnly', scope: 'resourceGroup' }])
    const refused = {
      status: 409,
      body: {
        error: {
          code: 'ScopeLocked',
          message:
            `The scope '${sim.accountId}' cannot perform write operation because following scope(s) ` +
            `are locked: '${group}'. Please remove the lock and try again.`,
        },
      },
    }
    t.match(await armRequest(sim, 'POST', '/listKeys'), refused)
    t.match(
      await armRequest(sim, 'POST', '/regenerateKey', { body: { keyKind: 'primary' } }),
      refused,
    )
    t.match(await armRequest(sim, 'PATCH', '', { body: { tags: {} } }), refused)
    t.equal((await armRequest(sim, 'GET', '')).status, 200)
    t.equal((await armRequest(sim, 'GET', '/readonlykeys')).status, 200)
    t.equal(sim.account.running(), undefined)
  },
)

t.test('a lock against deletion refuses that alone', async t => {
  sim.setLocks([{ level: 'CanNotDelete' }])
  t.match(await armRequest(sim, 'DELETE', ''), {
    status: 409,
    body: { error: { code: 'ScopeLocked', message: /cannot perform delete operation/ } },
  })
  t.equal((await armRequest(sim, 'POST', '/listKeys')).status, 200)
  sim.setLocks([])
  t.equal((await armRequest(sim, 'DELETE', '')).status, 202)
})

t.test('a lock of no level is refused', async t => {
  t.throws(() => sim.setLocks([{ level: 'Loose' as 'ReadOnly' }]), { code: 'SIM_OPTION_INVALID' })
  t.throws(() => sim.setLocks([{} as never]), /needs a level/)
  t.throws(() => sim.setLocks('all' as never), /not a list/)
})
