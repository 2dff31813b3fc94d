import { hasEnded, otherSlot, type Slot, slots } from '@keyturn/core'
import { fingerprint } from '@keyturn/testkit'
import { catchUp, endOperation, lags, newKey, postByHand, withMail } from './azure.ts'
import { arrive, wrote } from './effects.ts'
import type { Move } from './move.ts'
import type { Leader, Stage, State, Written } from './state.ts'
import { judgeArrival, judgeEffects } from './truth.ts'

/** What Azure does in its own time. */
export const azureMoves = (state: State): readonly Move[] => [
  ...operationMoves(state),
  ...mailMoves(state),
  ...regionMoves(state),
  ...writeMoves(state),
]

export const handMoves = (state: State): readonly Move[] => [
  ...portalMoves(state),
  ...vaultHandMoves(state),
]

const operationMoves = (state: State): readonly Move[] => {
  const { azure } = state
  if (!azure.operation) return []
  const { slot, byHand } = azure.operation
  if (byHand) return [handEnds(state, slot)]
  const ended = (lagging: number | null): State => {
    const judged = judgeArrival(state, slot)
    return judgeEffects({ ...judged, azure: endOperation(azure, 'succeeded', lagging) })
  }
  const last = azure.regions.length - 1
  const lagging: Move = {
    says: `the ${slot} key is new, which region ${last} does not notice yet`,
    fault: 'region-lag',
    to: refused(ended(last)),
  }
  return [
    { says: `the ${slot} key is new`, fault: null, to: ended(null) },
    // Of one region it would be an account that takes no key: that is another world.
    ...(last > 0 ? [lagging] : []),
    {
      says: `Azure fails to regenerate the ${slot} key`,
      fault: 'arm-fails',
      to: { ...state, azure: endOperation(azure, 'failed', null) },
    },
  ]
}

/** Whoever looked since it began has seen it run: its end takes nobody by surprise. */
const handEnds = (state: State, slot: Slot): Move => ({
  says: `the ${slot} key is new that somebody regenerates in the portal`,
  fault: null,
  to: refused({ ...state, azure: newKey({ ...state.azure, operation: null }, slot, null) }),
})

const refused = (state: State): State => ({
  ...state,
  hands: { ...state.hands, refusedOnce: true },
})

const mailMoves = (state: State): readonly Move[] =>
  state.azure.mail.map(({ slot }, index) => {
    const mail = state.azure.mail.filter((_, at) => at !== index)
    const { state: to } = arrive({ ...state, azure: withMail(state.azure, mail) }, slot)
    return { says: `the late POST for the ${slot} key arrives`, fault: null, to }
  })

const regionMoves = (state: State): readonly Move[] =>
  state.azure.regions.flatMap((_, region) =>
    lags(state.azure, region)
      ? [
          {
            says: `region ${region} takes the present keys`,
            fault: null,
            to: { ...state, azure: catchUp(state.azure, region) },
          },
        ]
      : [],
  )

const writeMoves = (state: State): readonly Move[] =>
  state.vault.writes.map((written, index) => {
    const writes = state.vault.writes.filter((_, at) => at !== index)
    const vault = wrote({ ...state.vault, writes }, written)
    return {
      says: `the late write of version ${written.version} lands`,
      fault: null,
      to: { ...state, vault },
    }
  })

/** From now on nothing that was looked at before can be relied upon. */
export const unclean = (state: State): State => ({
  ...state,
  leaders: state.leaders.map(leader => ({ ...leader, stage: touched(leader) })),
  azure: withMail(
    state.azure,
    state.azure.mail.map(({ slot }) => ({ slot, clean: false })),
  ),
})

const touched = ({ stage }: Leader): Stage =>
  stage.at === 'idle' ? stage : { ...stage, clean: false }

/** Somebody regenerates a key by hand, where ARM lets him. */
const portalMoves = (state: State): readonly Move[] =>
  state.azure.operation
    ? []
    : slots.map(slot => ({
        says: `somebody ${state.spec.slowHands ? 'begins to regenerate' : 'regenerates'} the ${slot} key in the portal`,
        fault: 'hand-in-portal',
        to: state.spec.slowHands
          ? unclean({ ...state, azure: postByHand(state.azure, slot) })
          : refused(unclean({ ...state, azure: newKey(state.azure, slot, null) })),
      }))

const vaultHandMoves = (state: State): readonly Move[] => {
  const { latest } = state.vault
  if (!latest) return []
  const edits: readonly (readonly [string, Written | null])[] = [
    ['deletes the secret', null],
    [
      'restores an older version',
      { ...latest, version: latest.version - 1, fenced: [], byHand: true },
    ],
    [
      'writes a newer version of his own',
      {
        ...latest,
        version: latest.version + 1,
        fenced: [],
        active: otherSlot(latest.active),
        byHand: true,
      },
    ],
    [
      'puts another installation there',
      { ...latest, version: latest.version + 1, installation: 'other', byHand: true },
    ],
  ]
  const inPlace: typeof edits = [['lifts the fence', { ...latest, fenced: [], byHand: true }]]
  const mixed: typeof edits = [
    ['puts the read-only keys there', { ...latest, ...readOnly(latest) }],
  ]
  const whole = state.spec.mixesPairs ? mixed : edits
  const open = state.spec.editsInPlace ? (latest.fenced.length > 0 ? inPlace : []) : whole
  return open.map(([what, written]) => ({
    says: `somebody ${what} in the vault`,
    fault: 'hand-in-vault',
    to: unclean({
      ...state,
      vault: { ...state.vault, latest: written, before: latest },
      hands: { ...state.hands, editedVault: true },
    }),
  }))
}

/** A keyset of the account's other pair, in this one's secret. */
const readOnly = ({ version }: Written): Partial<Written> => ({
  version: version + 1,
  fenced: [],
  fingerprints: { primary: fingerprint(0xd1), secondary: fingerprint(0xd2) },
  pair: 'readOnly',
  byHand: true,
})

/** Nothing is left to happen that this world is about. */
export const isOver = ({ azure, store, vault, spec }: State): boolean => {
  if (spec.outside?.retires && store.record.retirement?.is === 'done') return azure.isRetired
  const phase = store.record.rotation?.phase
  if (!phase) return false
  const isAtEnd = hasEnded(phase) || phase.at === spec.ends
  return isAtEnd && !azure.operation && azure.mail.length === 0 && vault.writes.length === 0
}
