import { turnPhases } from '@keyturn/core'
import type { HistoryEntry } from '@keyturn/protocol'
import t, { type Test } from 'tap'
import { oldKeysRefused } from '../../packages/cli/src/demo/old-keys.ts'
import { keysetSecret } from '../../packages/cli/src/demo/options.ts'
import { ambush, neverMs, newestGenerations, regenerated } from './support/azure-control.ts'
import { never, Scene } from './support/scene.ts'

t.setTimeout(600_000)

type Phase = (typeof turnPhases)[number]

interface Step {
  readonly phase: Exclude<Phase, 'completed'>
  /**
   * Laid before the coordinator comes back, so that it cannot leave the phase before it dies.
   * @returns how to lift it, after its death
   */
  readonly hold?: (scene: Scene) => Promise<() => Promise<void> | void>
  /** The same by what the coordinator is started with. */
  readonly limits?: Parameters<Scene['startCoordinator']>[0]
  /** It dies once it is in the phase, and this is so. */
  readonly when?: (status: Status, scene: Scene) => boolean
}

type Status = Awaited<ReturnType<Scene['until']>>

/** The write of the next keyset is never answered, and never takes effect. */
const vaultHangs = ({ hand }: Scene) =>
  ambush(hand, {
    service: 'vault',
    fault: 'error',
    verb: 'PUT',
    path: `/secrets/${keysetSecret}`,
    delayMs: neverMs,
  })

/** ARM regenerates, and never tells how that went to whoever asks first. */
const operationHangs = ({ hand }: Scene) =>
  ambush(hand, {
    service: 'arm',
    fault: 'error',
    verb: 'GET',
    path: '/operationsStatus/',
    delayMs: neverMs,
  })

/** A stopped sidecar acknowledges nothing; its application goes on with what it holds. */
const sidecarStops = async ({ sidecars: [sidecar] }: Scene) => {
  sidecar?.kill('SIGSTOP')
  return () => sidecar?.kill('SIGCONT')
}

const isPublished = ({ published }: Status) => published?.confirmed === true

/** In their order. Where a version is published, it dies before that in one half, after it in the other. */
const steps: readonly Step[] = [
  { phase: 'preflight', limits: { fleetSettleMs: never } },
  { phase: 'fencing-standby', hold: vaultHangs },
  { phase: 'regenerating-standby', hold: operationHangs, when: (_, s) => s.accepted === 1 },
  { phase: 'probing-standby', limits: { probesMin: never } },
  { phase: 'publishing-standby', hold: sidecarStops, when: isPublished },
  { phase: 'switching', hold: vaultHangs },
  {
    phase: 'baking',
    limits: { bakeMs: never },
    when: ({ blockers }) => blockers.length === 1 && blockers[0]?.code === 'BAKING',
  },
  { phase: 'fencing-former', hold: sidecarStops, when: isPublished },
  { phase: 'regenerating-former', hold: operationHangs, when: (_, s) => s.accepted === 2 },
  { phase: 'probing-former', limits: { probesMin: never } },
  { phase: 'publishing-former', hold: vaultHangs },
]

t.test('a coordinator killed in every phase turns both keys, each once', async t => {
  t.same(
    [...steps.map(({ phase }) => phase), 'completed'],
    turnPhases,
    'a death for every phase of the turn',
  )
  const [first, ...later] = steps
  const scene = await Scene.open(t, first?.limits ?? {})
  await scene.operators.verb({ verb: 'rotate', reason: 'the test' })
  const diesIn = async ({ phase, when = () => true }: Step) => {
    const is = (status: Status) => status.rotation?.phase === phase && when(status, scene)
    await scene.until(phase, is)
    await scene.killCoordinator()
    t.comment(`killed in ${phase}, after ${scene.operations} operations`)
  }
  if (first) await diesIn(first)
  for (const step of later) {
    const lift = await step.hold?.(scene)
    await scene.startCoordinator(step.limits)
    await diesIn(step)
    await lift?.()
  }
  await scene.startCoordinator()
  await ends(t, scene)

  const journal = await scene.operators.history()
  const epochs = journal.map(({ epoch }) => epoch)
  t.same(
    epochs,
    epochs.toSorted((a, b) => a - b),
    'no leader writes after the next one',
  )
  t.equal(epochs.at(-1), steps.length + 1, 'each start is an epoch of its own')
  const begun = journal.filter(({ event }) => event.type === 'phase-entered')
  t.equal(new Set(begun.map(({ epoch }) => epoch)).size, steps.length, 'each led it one phase on')
})

t.test(
  'a coordinator killed between its intent and the answer of ARM sends nothing twice',
  async t => {
    // The first call hangs until after the death, and comes to nothing. The connection of the
    // second breaks at once, and it takes effect seconds later, when another leader looks already.
    const hangs = { service: 'arm', fault: 'error', delayMs: neverMs } as const
    const isLate = { service: 'arm', fault: 'late', delayMs: 2_500 } as const
    const call = { verb: 'POST', path: '/regenerateKey' }
    const patient = { sendWithinMs: 6_000, armSettleMs: never }
    const usual = { sendWithinMs: 6_000, armSettleMs: 5_000 }

    const scene = await Scene.open(t, patient)
    const lift = await ambush(scene.hand, { ...hangs, ...call })
    await scene.operators.verb({ verb: 'rotate', reason: 'the test' })
    await scene.until('intended', ({ rotation }) => rotation?.phase === 'regenerating-standby')
    await scene.killCoordinator()
    await lift()
    await scene.startCoordinator({ ...usual, bakeMs: never })
    await scene.until('baking', ({ rotation }) => rotation?.phase === 'baking')
    await scene.killCoordinator()
    await ambush(scene.hand, { ...isLate, ...call })
    await scene.startCoordinator(patient)
    await scene.until('intended', ({ rotation }) => rotation?.phase === 'regenerating-former')
    await scene.logged('effect-failed')
    await scene.killCoordinator()
    await scene.startCoordinator(usual)
    await ends(t, scene)

    const journal = await scene.operators.history()
    t.same(sent(journal, 'secondary'), [
      'intended by 1',
      'settled by 2: expired',
      'intended by 2',
      'accepted by 2',
      'settled by 2: ended',
    ])
    t.same(sent(journal, 'primary'), ['intended by 3', 'settled by 4: expired'])
  },
)

/** Completed, once per slot, and nobody noticed. */
const ends = async (t: Test, scene: Scene): Promise<void> => {
  const status = await scene.until('completed', ({ rotation }) => rotation?.status === 'completed')
  const results = await scene.endLoad()
  t.same(
    results.flatMap(({ failures }) => failures),
    [],
    'no operation failed',
  )
  t.equal(results.length, 2)
  for (const { operations, ran } of results) {
    t.ok(operations > 0, `${operations} operations`)
    t.ok(
      ran.every(count => count > 0),
      'every worker worked',
    )
  }
  t.same(await regenerated(scene.hand), ['secondary', 'primary'], 'one call per slot took effect')
  t.match(await newestGenerations(scene.hand), { primary: 2, secondary: 2 })
  const { primary, secondary } = await scene.hand.keys()
  t.not(primary, scene.old.primary)
  t.not(secondary, scene.old.secondary)
  const { before } = status.rotation ?? {}
  const after = status.published?.fingerprints
  t.ok(before && after && before.primary !== after.primary && before.secondary !== after.secondary)
  t.ok(await oldKeysRefused(scene.hand, scene.old), 'every region refuses both old keys')
  const entered = (await scene.operators.history())
    .filter(({ event }) => event.type === 'phase-entered')
    .map(({ event }) => (event['phase'] as { at: Phase }).at)
  t.same(['preflight', ...entered], turnPhases, 'each phase was entered once')
}

/** What became of a slot's calls, and by which leader's word. */
const sent = (journal: readonly HistoryEntry[], slot: string): string[] => {
  let about: unknown = null
  return journal.flatMap(({ epoch, event }) => {
    if (event.type === 'regenerate-intended') about = event['slot']
    if (about !== slot || !event.type.startsWith('regenerate-')) return []
    const what = `${event.type.slice('regenerate-'.length)} by ${epoch}`
    return [event['why'] === undefined ? what : `${what}: ${event['why']}`]
  })
}
