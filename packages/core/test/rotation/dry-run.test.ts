import { type DryRun, dryRun, phasesOf } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'
import t from 'tap'
import { median, phaseTimes } from '../../src/rotation/history.ts'

const lines = (rig: Rig) => rig.entries

const plan = (rig: Rig, what: Parameters<typeof dryRun>[1] = {}): DryRun => {
  rig.look()
  return dryRun(rig.world(), what, lines(rig))
}

t.test('a dry run names every step, the keys that go, and changes nothing', async t => {
  const rig = Rig.adopted()
  const before = { record: rig.record, journal: rig.journal.length, vault: rig.azure.vault }
  const full = plan(rig)
  t.same(
    full.steps.map(({ phase }) => phase),
    phasesOf('full').slice(0, -1),
  )
  t.same(full.turns, ['secondary', 'primary'])
  t.same(plan(rig, { slot: 'primary' }).turns, ['primary'])
  t.same(plan(rig, { slot: 'secondary', emergency: true }).turns, ['secondary'])
  t.same({ record: rig.record, journal: rig.journal.length, vault: rig.azure.vault }, before)
  t.equal(rig.azure.posts, 0)
})

t.test(
  'it asks about what no check can see: credentials derived from each key that goes',
  async t => {
    const rig = Rig.adopted()
    const { asks } = plan(rig)
    t.equal(asks.length, 2)
    t.match(asks[0], /secondary key 0{14}b1 .*SAS tokens.*\?$/)
  },
)

t.test('it says all that would stand in the way now, Azure’s part as well', async t => {
  const rig = Rig.adopted()
  t.same(
    plan(rig).blockers.map(({ code }) => code),
    ['PROBE_PENDING'],
    'the key that remains was not probed in this turn',
  )
  t.same(plan(rig, { slot: 'primary' }).blockers, [], 'a standby is not probed for a mere plan')
  rig.member('two').silent = true
  rig.run(60)
  rig.azure.regenerate('primary', rig.now)
  const codes = plan(rig).blockers.map(({ code }) => code)
  t.ok(codes.includes('MEMBER_STALE') && codes.includes('ACCOUNT_BUSY'), codes.join())
})

t.test('somebody else’s keyset in the vault stands in the way, too', async t => {
  const rig = Rig.adopted()
  const { vault } = rig.azure
  rig.azure.vault = vault && { ...vault, installation: 'elsewhere' }
  t.equal(plan(rig).blockers[0]?.code, 'VAULT_DIFFERS')
})

t.test('what would be refused has no steps, but a reason', async t => {
  const rig = new Rig()
  t.match(plan(rig), { plan: null, steps: [], blockers: [{ code: 'NOT_ADOPTED' }] })
  const running = Rig.adopted()
  running.rotate()
  t.match(plan(running), { plan: null, blockers: [{ code: 'ROTATION_RUNNING' }] })
})

t.test('while a rotation runs: what is left of it, by its own times', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('publishing-former')
  const { plan: none, steps, estimateMs } = plan(rig)
  t.match({ none, steps }, { none: null, steps: [{ phase: 'publishing-former' }] })
  t.equal(estimateMs, steps[0]?.estimateMs)
  const thirds = Rig.adopted({ limits: { reportAgeMsMax: 8_000 } })
  t.ok(
    plan(thirds).steps.every(step => Number.isInteger(step.estimateMs)),
    'in whole ms',
  )
  const back = Rig.adopted()
  back.rotate()
  back.until('baking')
  back.say({ verb: 'abort', by: 'ops', reason: 'no' })
  t.same(plan(back).steps, [], 'nobody knows how long the way back is')
})

t.test('an emergency during a rotation: what is left of it', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('regenerating-standby')
  const { steps, blockers } = plan(rig, { slot: 'secondary', emergency: true })
  t.same(
    steps.map(({ phase }) => phase),
    ['regenerating-standby', 'probing-standby', 'publishing-standby'],
  )
  t.same(blockers, [], 'its gate was passed')
})

t.test('times are the medians of the account’s earlier rotations, else the limits’', async t => {
  const rig = Rig.adopted()
  const first = plan(rig)
  t.ok(first.steps.every(({ basis }) => basis === 'limits'))
  t.equal(first.steps.find(({ phase }) => phase === 'regenerating-standby')?.estimateMs, 90_000)
  rig.azure.regenerationMs = 40_000
  rig.rotate()
  rig.until('completed').run(30)
  const { steps, estimateMs } = plan(rig)
  t.ok(steps.every(({ basis }) => basis === 'history'))
  const regenerating = steps.find(({ phase }) => phase === 'regenerating-standby')
  t.ok(Math.abs((regenerating?.estimateMs ?? 0) - 40_000) <= 2_000)
  const rotation = rig.record.rotation
  const ended = rotation?.entered.at(-1)?.at ?? 0
  t.equal(estimateMs, ended - (rotation?.startedAt ?? 0))
})

t.test('a rotation that was reverted tells nothing of how long one takes', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('baking')
  rig.say({ verb: 'abort', by: 'ops', reason: 'no' })
  rig.until('reverted')
  t.equal(phaseTimes(lines(rig)).size, 0)
  t.equal(median([]), null)
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 2, 3]), 3)
})

t.test('policies show in the steps: who approves, how long evidence and baking take', async t => {
  const approval = { before: ['switching'], by: ['ada'] } as const
  const evidence = { is: 'azure', lagMs: 60_000, strayQuietMs: 1, pollMs: 1 } as const
  const rig = Rig.adopted({ policy: { approval, evidence } })
  const { steps } = plan(rig)
  t.same(
    steps.filter(step => step.approval).map(({ phase }) => phase),
    ['switching'],
  )
  const fencing = steps.find(({ phase }) => phase === 'fencing-standby')
  t.equal(fencing?.estimateMs, 10_000 + 60_000)
  const slow = steps.find(({ phase }) => phase === 'baking')?.estimateMs ?? 0
  const fast = plan(rig, { slot: 'primary', emergency: true })
  t.ok((fast.steps.find(({ phase }) => phase === 'baking')?.estimateMs ?? 0) < slow)
})

t.test('that Azure’s word cannot be read is learnt before anything is fenced for it', async t => {
  const rig = Rig.adopted()
  rig.look()
  const evidence = { is: 'azure', lagMs: 1_000, strayQuietMs: 1_000, pollMs: 1_000 } as const
  const world = { ...rig.world(), policy: { ...rig.world().policy, evidence } }
  const said = (read: typeof world.evidence) =>
    dryRun({ ...world, evidence: read ?? null }, {}, [])
      .blockers.filter(({ code }) => code === 'EVIDENCE_PENDING')
      .map(({ sentence }) => sentence)
  const lastUse = { primary: null, secondary: null }
  const readable = { at: 0, fresh: true, azureNow: 0, lastUse, error: null }
  t.match(said(null), [/could not be read yet/])
  t.match(said({ ...readable, error: 'HTTP 403' }), [/\(HTTP 403\)/])
  t.same(said(readable), [])
})
