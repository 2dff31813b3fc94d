import type {
  BlockerCode,
  CalendarView,
  EvidenceView,
  Fingerprint,
  PhaseName,
  Policy,
  Slot,
  Waiver,
  World,
} from '@keyturn/core'
import type { OutsideSpec } from './outside-spec.ts'
import { policyOf, type Spec } from './spec.ts'
import type { Azure, Leader, State } from './state.ts'

/** Everybody outside the fleet, as they truly are, and what people have truly said. */
export interface Outside {
  /** Keys that somebody signs with, again and again, until he stops. */
  readonly strays: readonly Fingerprint[]
  readonly late: readonly LateStray[]
  readonly thief: Fingerprint | null
  /** The last use of each slot's key that is over. */
  readonly lastUse: Readonly<Record<Slot, number | null>>
  readonly consumers: readonly { readonly name: string; readonly uses: Fingerprint }[]
  readonly isWindowOpen: boolean
  /** Phases that somebody approved whom the policy names and who did not begin it. */
  readonly approved: readonly PhaseName[]
  /** Each waiver with the key that it was about, as it was given. */
  readonly waivers: readonly (Waiver & { readonly key: Fingerprint })[]
  /** What a person has waived that names nobody. */
  readonly waived: readonly BlockerCode[]
  /** The key that was said to have leaked. */
  readonly leaked: { readonly slot: Slot; readonly key: Fingerprint } | null
  /** How often somebody has asked for that by the second word. */
  readonly confirmed: number
}

/** Somebody who signs with an old copy of a key, from some moment on. */
export interface LateStray {
  readonly key: Fingerprint
  /** `null`: not yet. */
  readonly since: number | null
  /** Whether the key was fenced already when he began: then Azure may show it too late. */
  readonly isBehindFence: boolean
}

export const newOutside = ({ outside = {} }: Spec, { keys }: Azure): Outside => ({
  strays: (outside.strays ?? []).map(slot => keys[slot]),
  late: (outside.lateStrays ?? []).map(slot => ({
    key: keys[slot],
    since: null,
    isBehindFence: false,
  })),
  thief: outside.thief === undefined ? null : keys[outside.thief],
  lastUse: { primary: null, secondary: null },
  consumers: (outside.consumers ?? []).map(({ name }) => ({
    name,
    uses: keys[outside.consumersUse ?? 'primary'],
  })),
  isWindowOpen: false,
  approved: [],
  waivers: [],
  waived: [],
  leaked: outside.leaked === undefined ? null : { slot: outside.leaked, key: keys[outside.leaked] },
  confirmed: 0,
})

export const setOutside = (state: State, change: Partial<Outside>): State => ({
  ...state,
  outside: { ...state.outside, ...change },
})

const within = 500 // Every limit is shorter than a long time, and longer than none.

const none: OutsideSpec = {}

/** What the account's owners ask for now: whoever has moved for good is declared no more. */
export const policyIn = ({ spec, outside: { consumers } }: State): Policy => {
  const asked = spec.outside ?? none
  const declared = asked.consumers?.filter(({ name }) => consumers.some(one => one.name === name))
  return {
    ...policyOf(spec),
    ...(asked.evidence
      ? { evidence: { is: 'azure', lagMs: within, strayQuietMs: within, pollMs: 0 } }
      : {}),
    ...(declared ? { consumers: declared } : {}),
    ...(asked.approval ? { approval: asked.approval } : {}),
    ...(asked.windows ? { keepsWindows: true } : {}),
    emergency: {
      deadlineMs: asked.deadlines ? within : Number.POSITIVE_INFINITY,
      bakeMs: within,
      probesMin: 2,
      probeSpanMs: 0,
      probeEveryMs: 0,
      armPollMs: 0,
      attemptBackoffMs: 0,
      hookRetryMs: 0,
    },
    retire: { quietMs: within, confirmWithinMs: within },
  }
}

/** Azure's clock is a little ahead, so that what it has seen by now is over. */
export const azureAheadMs = 1

/** Shorter than the policy believes. */
const evidenceLagMs = 400

/** Whether Azure shows that somebody outside the fleet signs with this key at this moment. */
export const isSignedWithOutside = ({ outside, spec, now }: State, key: Fingerprint): boolean =>
  outside.strays.includes(key) ||
  outside.thief === key ||
  outside.late.some(one => one.key === key && one.since !== null && one.since < now) ||
  (spec.outside?.consumersSign === true && outside.consumers.some(({ uses }) => uses === key))

/** What Azure shows: whoever goes on signing, as of a while ago. */
export const evidenceOf = (state: State): EvidenceView => {
  const { now, azure } = state
  const azureNow = now + azureAheadMs
  const lastUseOf = (slot: Slot): number | null => {
    const key = azure.keys[slot]
    const uses = state.sidecars
      .flatMap(({ clients }) => clients.flatMap(({ used }) => used))
      .filter(({ fingerprint }) => fingerprint === key)
      .map(({ at }) => at)
    const shown = [
      ...uses,
      ...(isSignedWithOutside(state, key) ? [azureNow - evidenceLagMs] : []),
      ...[state.outside.lastUse[slot]].filter(at => at !== null),
    ]
    return shown.length > 0 ? Math.max(...shown) : null
  }
  const lastUse = { primary: lastUseOf('primary'), secondary: lastUseOf('secondary') }
  const all = Object.values(lastUse).filter(at => at !== null)
  const lastUseOfAny = all.length > 0 ? Math.max(...all) : null
  return { at: now, fresh: true, azureNow, lastUse, lastUseOfAny, error: null }
}

/** What a coordinator keeps of a look that failed: all that the last one showed. */
export const evidenceLost = ({ now }: State, last: EvidenceView | null): EvidenceView => ({
  ...(last ?? { azureNow: 0, lastUse: { primary: null, secondary: null } }),
  at: now,
  fresh: false,
  error: 'away',
})

/** Whoever holds keys that are to end signs again and again, until he needs them no more. */
export const signsOn = (state: State): State => ({
  ...state,
  sidecars: state.sidecars.map(sidecar => ({
    ...sidecar,
    clients: sidecar.clients.map(client => {
      const { ring, life, isSpent } = client
      if (ring === null || life !== 'up' || isSpent) return client
      const { fingerprint } = ring.keys[ring.active]
      return { ...client, used: [{ fingerprint, at: state.now }] }
    }),
  })),
})

/** A probe is a use of the key (PROTOCOL, P6). */
export const isProbed = (state: State, probed: readonly Slot[]): State => {
  if (!state.spec.outside?.evidence || probed.length === 0) return state
  const { lastUse } = state.outside
  const at = (slot: Slot) => (probed.includes(slot) ? state.now : lastUse[slot])
  return setOutside(state, { lastUse: { primary: at('primary'), secondary: at('secondary') } })
}

/** What a leader knows of those outside the fleet besides. */
export const outsideOf = (
  state: State,
  { hooks }: Leader,
): Pick<World, 'hooks'> & { calendar?: CalendarView } => ({
  hooks,
  ...(state.spec.outside?.windows
    ? { calendar: { insideWindow: state.outside.isWindowOpen, windowOpensAt: null, dueAt: null } }
    : {}),
})
