import type { Limits } from '@keyturn/core'
import { testLimits } from '@keyturn/testkit'
import type { Chance } from './time/chance.ts'

/** Both keys in turn, one by itself, or one that has leaked. */
export type Turn = 'both' | 'standby' | 'active' | 'leaked'

/** How large a seed's world is, and how patient everybody in it. Drawn once, before all else. */
export interface Settings {
  readonly members: number
  readonly clientsMost: number
  readonly regions: number
  readonly turnMs: number
  readonly usageMs: number
  readonly holdMs: number
  readonly joinWaitMs: number
  readonly pollMs: number
  /** Between two requests of a busy client. */
  readonly paceMs: number
  /** Whether what goes over the wire is checked against its schema, both ways. */
  readonly strictWire: boolean
  /** Whether the store is SQLite's, in memory. */
  readonly sqlite: boolean
  readonly rotations: number
  /** What the first rotation turns; the others turn both keys. */
  readonly turn: Turn
  readonly regenerationMs: number
  readonly regionLagMs: number
  readonly limits: Limits
  /** How long faults strike, from the first rotation's start. */
  readonly stormMs: number
  /** How many strikes there are in all; 0: a calm day. */
  readonly strikes: number
}

const sizes = [
  { share: 0.65, least: 1, most: 3 },
  { share: 0.3, least: 4, most: 8 },
  { share: 0.042, least: 9, most: 25 },
  { share: 0.006, least: 26, most: 80 },
  { share: 0.002, least: 81, most: 200 },
] as const

const membersFor = (chance: Chance): number => {
  let drawn = chance.next()
  for (const { share, least, most } of sizes) {
    if (drawn < share) return chance.int(least, most)
    drawn -= share
  }
  return 200
}

export const settingsFor = (chance: Chance): Settings => {
  const members = membersFor(chance)
  const isLarge = members > 12
  // A slow Azure: hours, and everybody who waits for it is in less of a hurry.
  const isSlow = !isLarge && chance.is(0.02)
  const scale = isSlow ? 60 : 1
  return {
    members,
    clientsMost: isLarge ? 1 : chance.pick([1, 2, 2, 3]),
    regions: chance.pick([1, 2, 2, 3]),
    turnMs: 1_000 * scale,
    usageMs: (isLarge ? 10_000 : 5_000) * scale,
    holdMs: chance.pick(holdsMs(members, isSlow)),
    joinWaitMs: chance.pick([1_000, 3_000]),
    pollMs: chance.pick([5_000, 30_000]) * scale,
    paceMs: (isLarge ? 30_000 : chance.pick([4_000, 8_000, 20_000])) * scale,
    strictWire: !isLarge && chance.is(0.05),
    sqlite: !isLarge && chance.is(0.05),
    rotations: chance.is(0.15) ? 2 : 1,
    regenerationMs: isSlow
      ? chance.pick([1, 6, 30]) * 3_600_000
      : chance.pick([200, 5_000, 30_000, 120_000]),
    regionLagMs: chance.pick([0, 3_000, 20_000, 60_000]),
    limits: limitsFor(chance, scale),
    stormMs: (isLarge ? 90_000 : chance.int(60_000, 240_000)) * (isSlow ? 200 : 1),
    strikes: chance.is(0.1) ? 0 : Math.ceil(chance.next() ** 2 * 30),
    turn: turnFor(chance.next()),
  }
}

const turnFor = (drawn: number): Turn => {
  if (drawn < 0.06) return 'standby'
  if (drawn < 0.12) return 'active'
  return drawn < 0.24 ? 'leaked' : 'both'
}

/** Whoever asks to hold nothing reports every second: what a few do, and nobody does for hours. */
const holdsMs = (members: number, isSlow: boolean): readonly number[] => {
  if (isSlow) return [60_000]
  return members > 8 ? [5_000, 20_000] : [0, 5_000, 5_000, 20_000, 20_000]
}

const limitsFor = (chance: Chance, scale: number): Limits => ({
  ...testLimits,
  reportAgeMsMax: 30_000 * (scale > 1 ? 40 : 1),
  // At least the longest join wait and back-off of a sidecar, and one round trip.
  fleetSettleMs: 12_000 * scale,
  armSettleMs: chance.pick([20_000, 60_000]),
  armPollMs: 1_000 * scale,
  armAgeMsMax: 30_000 * scale,
  vaultAgeMsMax: chance.pick([5_000, 30_000]) * scale,
  attemptsMax: chance.pick([3, 100]),
  probeEveryMs: chance.pick([1_000, 3_000]),
  bakeMs: chance.pick([5_000, 30_000, 120_000]),
  quietMs: chance.pick([2_000, 20_000]),
  turnMsMax: 5_000 * scale,
})
