import { type Check, duration } from './check.ts'
import { nextBeginning } from './plan.ts'
import type { Rotation } from './record.ts'
import type { HookView, World } from './world.ts'

/** Before the phases chosen, somebody else has said yes by name. */
export const approvalIsGiven: Check = ({ record: { rotation }, policy }) => {
  const phase = rotation && nextBeginning(rotation.plan, rotation.phase.at)
  if (!phase || !policy.approval?.before.includes(phase)) return []
  if (rotation.approvals.some(approval => approval.phase === phase)) return []
  const sentence = `Before ${phase} the policy asks for the word of ${policy.approval.by.join(' or ')}, who did not start it: keyturn approve.`
  return [{ code: 'APPROVAL_MISSING', sentence }]
}

/** Nothing begins outside the maintenance window; what was begun is brought to its end. */
export const windowIsOpen: Check = ({ now, record: { rotation }, policy, calendar }) => {
  const phase = rotation && nextBeginning(rotation.plan, rotation.phase.at)
  if (!phase || !policy.keepsWindows || calendar?.insideWindow) return []
  const opensAt = calendar?.windowOpensAt ?? null
  if (opensAt === null) {
    const sentence = `No maintenance window is known in which ${phase} may begin: see the policy.`
    return [{ code: 'OUTSIDE_WINDOW', sentence }]
  }
  const passesInMs = Math.max(0, opensAt - now)
  const sentence = `The maintenance window in which ${phase} may begin opens in ${duration(passesInMs)}.`
  return [{ code: 'OUTSIDE_WINDOW', sentence, passesInMs }]
}

/** Whoever holds keys outside the fleet has said that it uses this one no more. */
export const everyConsumerHasMoved: Check = ({ record, policy, hooks }, { slot, remaining }) =>
  consumersToMove(record.rotation, policy, slot).map(({ name, by }) => {
    const hook = hookOf(hooks, record.rotation, name, slot)
    const ends =
      by === 'operator'
        ? `move it to the ${remaining} key and say so with keyturn acknowledge`
        : `its hook ${hook ? saysOf(hook) : 'runs by itself'}`
    const sentence = `Consumer ${name} may still use the ${slot} key: ${ends}.`
    return { code: 'CONSUMER_PENDING', consumer: name, sentence }
  })

export const consumersToMove = (
  rotation: Rotation | null,
  { consumers }: World['policy'],
  slot: 'primary' | 'secondary',
) =>
  (consumers ?? []).filter(
    ({ name }) => !rotation?.moved.some(moved => moved.consumer === name && moved.slot === slot),
  )

/** Under which name a rotation runs its hooks: each plan of it runs them anew. */
export const hooksOf = ({ id, plans = 1 }: Rotation): string =>
  plans === 1 ? id : `${id}, plan ${plans}`

export const hookOf = (
  hooks: readonly HookView[] | undefined,
  rotation: Rotation | null,
  consumer: string,
  slot: string,
): HookView | null =>
  hooks?.find(
    hook =>
      hook.consumer === consumer &&
      hook.slot === slot &&
      rotation !== null &&
      hook.rotation === hooksOf(rotation),
  ) ?? null

const saysOf = ({ is, detail }: HookView): string => {
  if (is === 'failed') return `failed${detail ? ` (${detail})` : ''} and is run again by itself`
  return 'is running'
}
