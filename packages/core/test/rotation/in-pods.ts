import type { PlatformView } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'

export const kubernetes = { is: 'kubernetes', ageMsMax: 180_000 } as const

export const podOf = (name: string, uid = `uid-${name}`) => ({ name, uid, namespace: 'shop' })

/** Two members in pods, and a platform that sees them run. */
export const inPods = (): Rig => {
  const rig = new Rig({ policy: { platform: kubernetes, fleet: { is: 'members', names: [] } } })
  for (const member of rig.members) member.pod = podOf(member.name)
  says(rig, {})
  rig.look()
  rig.say({ verb: 'adopt', by: 'ops', installation: 'here', takeOver: false })
  for (let left = 30; left > 0; left -= 1) {
    says(rig, {})
    rig.second()
  }
  return rig
}

/** What the platform says from now on: whoever is not dead runs. */
export const says = (rig: Rig, view: Partial<PlatformView>): void => {
  const { dead = [] } = view
  const expected = rig.members
    .map(({ name, pod }) => ({ name, uid: pod?.uid ?? '' }))
    .filter(({ uid }) => !dead.some(death => death.uid === uid))
  rig.platform = { at: rig.now, expected, error: null, ...view, dead }
}

export const seconds = (rig: Rig, count: number, view: Partial<PlatformView> = {}): void => {
  for (let left = count; left > 0; left -= 1) {
    says(rig, view)
    rig.second()
  }
}

export const until = (rig: Rig, phase: string, view: Partial<PlatformView> = {}): void => {
  for (let left = 2_000; left > 0 && rig.phase !== phase; left -= 1) seconds(rig, 1, view)
  if (rig.phase !== phase) throw new Error(`in ${rig.phase}: ${JSON.stringify(rig.blockers)}`)
}

export const terminated = (name: string, seenAt: number) =>
  ({ ...podOf(name), proof: 'terminated', detail: 'phase Failed', seenAt }) as const

export const machineEnded = (name: string, seenAt: number) =>
  ({ ...podOf(name), proof: 'machine-ended', detail: 'node n is out of service', seenAt }) as const

export const standings = (rig: Rig) =>
  rig.fleet.rows.map(({ name, standing }) => `${name} ${standing}`).sort()

export const one = [podOf('one')]
