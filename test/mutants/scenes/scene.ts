import type { JournalEvent, PlatformView, Publication } from '@keyturn/core'
import { FakeMember, Rig, type RigOptions } from '@keyturn/testkit'

/** What broke, or `null`. */
export type Scene = () => string | null

/** A member whose ring goes to no older version, as every real one does. */
export class RingMember extends FakeMember {
  override hear(publication: Publication): void {
    if (publication.version > (this.held?.version ?? 0)) super.hear(publication)
  }
}

/** Adopted, all rings real, and every POST judged by what members hold when it arrives. */
export const stage = (options: RigOptions = {}): { rig: Rig; broken: string[] } => {
  const rig = new Rig(options)
  rig.members.splice(0, Infinity, ...rig.members.map(({ name }) => new RingMember(name)))
  const broken: string[] = []
  rig.azure.onPost = slot => {
    for (const { name, held } of rig.members) {
      const isSigning = held?.fingerprints[slot] === rig.azure.keys[slot]
      if (isSigning && !held.fenced.includes(slot)) {
        broken.push(`invariant 1: ${name} can sign with the ${slot} key that is regenerated`)
      }
    }
  }
  rig.look()
  rig.say({ verb: 'adopt', by: 'ops', installation: 'here', takeOver: false })
  return { rig, broken }
}

/** Until the rotation has ended, and no key went twice. */
export const toTheEnd = (rig: Rig, broken: readonly string[], each = () => {}): string | null => {
  for (let left = 2_000; left > 0 && !rig.ended && broken.length === 0; left -= 1) {
    each()
    rig.second()
  }
  if (broken[0] !== undefined) return broken[0]
  if (!rig.ended) return `no end: ${rig.phase}, ${rig.codes.join(', ')}`
  const { regenerated } = rig.azure
  if (new Set(regenerated).size !== regenerated.length) {
    return `invariant 3: regenerated ${regenerated.join(', ')}`
  }
  const versions = rig.members.map(({ held }) => held?.version)
  return versions.every(version => version === rig.record.published?.version)
    ? null
    : `invariant 5: the fleet holds versions ${versions.join(', ')}`
}

export const happened = (rig: Rig, type: JournalEvent['type']): boolean =>
  rig.journal.some(event => event.type === type)

export type View = Partial<PlatformView>
