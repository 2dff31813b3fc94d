import { type Latest, turnPhases } from '@keyturn/core'
import type { Rig } from '@keyturn/testkit'
import { type Scene, stage, toTheEnd } from './scene.ts'

const repaired = { by: 'ada', reason: 'the secret was gone' }

/** As `keyturn publish --from-arm` writes it where it knows of no fence. */
const repair = (rig: Rig, change: Partial<Latest> = {}): void => {
  const { published, installation } = rig.record
  const version = (published?.version ?? 0) + 3
  const { fingerprints } = rig.azure
  const active = published?.active ?? 'primary'
  const written = { version, active, fenced: [], fingerprints, installation, repaired } as const
  rig.azure.vault = { ...written, ...change }
}

/** The coordinator is away, the vault is repaired, the fleet follows it; then it comes back. */
const awayIn = (phase: (typeof turnPhases)[number], change: Partial<Latest> = {}): Scene => {
  return () => {
    const { rig, broken } = stage()
    rig.run(30).rotate()
    for (let left = 500; left > 0 && rig.phase !== phase; left -= 1) rig.second()
    repair(rig, change)
    for (const member of rig.members) if (rig.azure.vault) member.hear(rig.azure.vault)
    rig.restart()
    return toTheEnd(rig, broken)
  }
}

/** Another installation has taken the vault over: nothing of ours is written over it. */
const elsewhere: Scene = () => {
  const { rig } = stage()
  rig.run(30)
  repair(rig, { installation: 'elsewhere' })
  rig.restart()
  rig.run(60)
  return rig.azure.vault?.installation === 'elsewhere'
    ? null
    : 'P8: the keyset of another installation is written over'
}

/** A repair, and one that is older, of which the vault was restored: rings hold the newer one. */
const restored: Scene = () => {
  const { rig, broken } = stage()
  rig.run(30)
  repair(rig)
  const older = rig.azure.vault
  if (!older) return 'no repair'
  for (const member of rig.members) member.hear({ ...older, version: older.version + 7 })
  rig.rotate()
  return toTheEnd(rig, broken)
}

/** What was used while the fence was lifted was used by nobody outside the fleet. */
const evidence: Scene = () => {
  const limits = { lagMs: 60_000, pollMs: 10_000, strayQuietMs: 100_000 }
  const { rig, broken } = stage({ policy: { evidence: { is: 'azure', ...limits } } })
  rig.run(30).rotate()
  rig.until('fencing-standby').run(30)
  repair(rig)
  rig.outside.lastUse.secondary = rig.now
  rig.restart()
  const accuse = (): void => {
    if (rig.codes.includes('RECENTLY_USED')) {
      broken.push('invariant 6: it waits for a stray, and there never was one')
    }
  }
  return toTheEnd(rig, broken, accuse)
}

/** An operator waives whoever is behind; who follows the repair cannot sign with what remains. */
const waived: Scene = () => {
  const { rig, broken } = stage()
  rig.run(30).rotate()
  rig.until('fencing-standby')
  repair(rig, { active: 'secondary', fenced: ['primary'] })
  for (const member of rig.members) if (rig.azure.vault) member.hear(rig.azure.vault)
  const two = rig.member('two')
  two.deaf = true
  // Its clients hold something of before the repair, and it says so no more.
  two.held = two.held && { ...two.held, fenced: ['secondary'], active: 'primary' }
  rig.restart()
  rig.run(5)
  const refused = rig.say({
    ...{ verb: 'waive', by: 'ops', reason: 'it is behind' },
    ...{ code: 'KEYSET_BEHIND', member: 'two' },
  })
  if (refused.length === 0) return 'invariant 2: two cannot sign with the primary key that remains'
  two.deaf = false
  return toTheEnd(rig, broken)
}

/** The vault repaired while no coordinator is there, in every phase and in every way. */
export const repairScenes: Readonly<Record<string, Scene>> = {
  ...Object.fromEntries(
    turnPhases.slice(0, -1).map(phase => [`repaired in ${phase}`, awayIn(phase)]),
  ),
  'repaired by nobody': awayIn('fencing-standby', { installation: null }),
  'repaired with the other slot': awayIn('fencing-standby', { active: 'secondary' }),
  'repaired elsewhere': elsewhere,
  'an older repair restored': restored,
  'evidence of before a repair': evidence,
  'waived behind a repair': waived,
}
