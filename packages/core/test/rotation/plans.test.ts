import { phasesOf } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'
import t from 'tap'
import { phaseAfter } from '../../src/rotation/plan.ts'

const entered = (rig: Rig) => rig.record.rotation?.entered.map(({ name }) => name)

t.test(
  'the standby alone: fenced, regenerated, published, and the active key never moves',
  async t => {
    const rig = Rig.adopted()
    const { primary } = rig.azure.keys
    t.same(rig.rotate({ slot: 'secondary' }), [])
    rig.until('completed')
    t.same(entered(rig), phasesOf('standby'))
    t.same(rig.azure.regenerated, ['secondary'])
    t.equal(rig.azure.keys.primary, primary)
    t.match(rig.record.published, { active: 'primary', fenced: [], confirmed: true })
    t.same(rig.record.published?.fingerprints, rig.azure.fingerprints)
  },
)

t.test('the active one alone: the standby takes over first, and stays', async t => {
  const rig = Rig.adopted()
  const { secondary } = rig.azure.keys
  t.same(rig.rotate({ slot: 'primary' }), [])
  rig.until('completed')
  t.same(entered(rig), phasesOf('active'))
  t.same(rig.azure.regenerated, ['primary'])
  t.equal(rig.azure.keys.secondary, secondary)
  t.match(rig.record.published, { active: 'secondary', fenced: [], confirmed: true })
})

t.test('from either active slot: what is active decides, not what it is called', async t => {
  const rig = Rig.adopted()
  rig.rotate({ slot: 'primary' })
  rig.until('completed').run(30)
  t.equal(rig.record.published?.active, 'secondary')
  rig.rotate({ slot: 'secondary' })
  t.equal(rig.record.rotation?.plan, 'active')
  rig.until('completed').run(30)
  rig.rotate({ slot: 'secondary' })
  t.equal(rig.record.rotation?.plan, 'standby')
  rig.until('completed')
  t.same(rig.azure.regenerated, ['primary', 'secondary', 'secondary'])
})

t.test('nobody switches to a standby that a region refuses', async t => {
  const rig = Rig.adopted()
  rig.azure.refusing.add(`North Europe ${rig.azure.keys.secondary}`)
  rig.rotate({ slot: 'primary' })
  rig.run(100)
  t.equal(rig.phase, 'preflight')
  t.same(rig.codes, ['PROBE_FAILING'])
  rig.azure.refusing.clear()
  rig.until('completed')
})

t.test('one slot only has its way back from every phase before the key goes', async t => {
  const until = { standby: 'completed', active: 'regenerating-former' } as const
  for (const plan of ['standby', 'active'] as const) {
    const phases = phasesOf(plan)
    for (const phase of phases.slice(0, phases.indexOf(until[plan]))) {
      const rig = Rig.adopted()
      rig.rotate({ slot: plan === 'active' ? 'primary' : 'secondary' })
      rig.until(phase)
      t.same(rig.say({ verb: 'abort', by: 'ops', reason: 'changed our minds' }), [], phase)
      rig.until('reverted')
      t.match(rig.record.published, { active: 'primary', fenced: [] })
      t.same(rig.record.published?.fingerprints, rig.azure.fingerprints)
      t.notOk(rig.azure.regenerated.includes('primary'), 'the active key was never touched')
    }
  }
})

t.test(
  'completed means the same for one slot: the vault has it, and everybody holds it',
  async t => {
    const rig = Rig.adopted()
    rig.rotate({ slot: 'secondary' })
    rig.until('probing-standby')
    rig.member('two').deaf = true
    rig.until('publishing-standby').run(30)
    t.same(rig.codes, ['KEYSET_BEHIND'])
    rig.member('two').deaf = false
    rig.until('completed')
    for (const { held } of rig.members) t.equal(held?.version, rig.record.published?.version)
  },
)

t.test(
  'a leader that dies after any event of one slot’s turn is followed by one that goes on',
  async t => {
    for (const slot of ['primary', 'secondary'] as const) {
      const whole = Rig.adopted()
      whole.rotate({ slot })
      whole.until('completed')
      for (let dies = 3; dies < whole.journal.length; dies += 1) {
        const rig = Rig.adopted()
        rig.rotate({ slot })
        while (rig.journal.length < dies) rig.second()
        rig.restart()
        rig.until('completed')
        t.same(rig.azure.regenerated, [slot], `dead after event ${dies}`)
      }
    }
  },
)

t.test('a phase that a plan does not have is followed by nothing', async t => {
  t.equal(phaseAfter('standby', 'baking'), null)
  t.equal(phaseAfter('standby', 'publishing-standby'), 'completed')
  t.equal(phaseAfter('full', 'completed'), null)
})
