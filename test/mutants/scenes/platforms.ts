import type { Death, PlatformView } from '@keyturn/core'
import type { Rig } from '@keyturn/testkit'
import { happened, RingMember, type Scene, stage, toTheEnd } from './scene.ts'

const uidOf = (name: string): string => `uid-${name}`

const podOf = (name: string) => ({ name, uid: uidOf(name), namespace: 'shop' })

/** A fleet of two pods and a platform that says who runs, at each second anew. */
const pods = (): { rig: Rig; broken: string[] } => {
  const platform = { is: 'kubernetes', ageMsMax: 180_000 } as const
  const staged = stage({ policy: { platform, fleet: { is: 'members', names: [] } } })
  for (const member of staged.rig.members) member.pod = podOf(member.name)
  seconds(staged.rig, 30)
  return staged
}

const says = (rig: Rig, dead: readonly Death[] = [], view: Partial<PlatformView> = {}): void => {
  const expected = [...new Set(rig.members.map(({ name }) => name))]
    .map(podOf)
    .filter(({ uid }) => !dead.some(death => death.uid === uid))
  rig.platform = { at: rig.now, expected, dead, error: null, ...view }
}

const seconds = (
  rig: Rig,
  count: number,
  dead: readonly Death[] = [],
  view: Partial<PlatformView> = {},
): void => {
  for (let left = count; left > 0; left -= 1) {
    says(rig, dead, view)
    rig.second()
  }
}

const machineOf = (rig: Rig, name: string): Death => {
  return { ...podOf(name), proof: 'machine-ended', detail: 'a taint', seenAt: rig.now }
}

const aliveAfter = (rig: Rig): string | null =>
  happened(rig, 'died') ? 'P13: two is buried alive' : null

/** Its sidecar starts again, is heard once, and then no more. */
const again: Scene = () => {
  const { rig } = pods()
  const two = rig.member('two')
  const dead = [machineOf(rig, 'two')]
  two.silent = true
  seconds(rig, 1, dead)
  two.silent = false
  two.previousIncarnation = two.incarnation
  two.incarnation = 'two-2'
  seconds(rig, 1, dead)
  two.silent = true
  seconds(rig, 300, dead)
  return aliveAfter(rig)
}

/** A sidecar that has lost its disk: its former clients are on the same machine. */
const twins: Scene = () => {
  const { rig } = pods()
  const dead = [machineOf(rig, 'two')]
  rig.member('two').silent = true
  seconds(rig, 1, dead)
  const twin = new RingMember('two')
  twin.incarnation = 'two-2'
  twin.pod = podOf('two')
  rig.members.push(twin)
  seconds(rig, 300, dead)
  return aliveAfter(rig)
}

/** The coordinator starts again: nobody could speak to it meanwhile. */
const noCoordinator: Scene = () => {
  const { rig } = pods()
  rig.member('two').silent = true
  seconds(rig, 44)
  rig.restart()
  seconds(rig, 5, [machineOf(rig, 'two')])
  return aliveAfter(rig)
}

/** A platform that is silent for long, and what it said of a machine before. */
const stale: Scene = () => {
  const { rig } = pods()
  rig.member('two').silent = true
  const { now } = rig
  seconds(rig, 400, [machineOf(rig, 'two')], { at: now - 181_000 })
  return aliveAfter(rig)
}

/** It says of one instance that it runs, and that it is dead. */
const contradiction: Scene = () => {
  const { rig } = pods()
  rig.member('two').silent = true
  seconds(rig, 300, [machineOf(rig, 'two')], { expected: ['one', 'two'].map(podOf) })
  return aliveAfter(rig)
}

/** A machine is shut down and starts again: its pod serves, and its reports do not get through. */
const offAndOn: Scene = () => {
  const { rig, broken } = pods()
  const two = rig.member('two')
  two.silent = true
  two.deaf = true
  seconds(rig, 300, [machineOf(rig, 'two')])
  rig.rotate()
  seconds(rig, 300)
  if (broken[0] !== undefined) return broken[0]
  Object.assign(two, { silent: false, deaf: false, incarnation: 'two-2' })
  return toTheEnd(rig, broken, () => says(rig))
}

/** Platforms that lie, lag and speak the truth of machines that come back. */
export const platformScenes: Readonly<Record<string, Scene>> = {
  'starts again on a machine declared dead': again,
  'two in a pod declared dead': twins,
  'no coordinator to speak to': noCoordinator,
  'a platform silent for long': stale,
  'dead and running': contradiction,
  'a machine off and on again': offAndOn,
}
