import { Night, type NightOptions } from './night.ts'

type Strike = NightOptions['strikes'][string]

const minute = 60_000

const outOfService = 'node.kubernetes.io/out-of-service'

/** A new pod that serves, and whose reports do not get through for a while. */
const stranger: Strike = night => {
  const pod = night.addPod()
  night.world.reports.of(pod).cutUntil = night.world.timeline.now + 10 * minute
}

/** A pod goes, one of the same name comes, and is not heard for a while. */
const namesake: Strike = night => {
  const [pod] = night.some(1)
  if (!pod) return
  night.leave(pod)
  night.after(minute, () => {
    const successor = night.addPod(pod.name)
    night.after(minute / 2, () => {
      night.world.reports.of(successor).cutUntil = night.world.timeline.now + 5 * minute
    })
  })
}

/** Somebody declares a node dead that its cluster does not reach, and whose pods live and speak. */
const wronglyDeclared: Strike = night => {
  const [pod] = night.some(1)
  if (!pod) return
  const node = night.nodeOf(pod)
  night.cluster.nodeLost(node)
  night.cluster.taint(node, outOfService)
  night.after(10 * minute, () => night.cluster.nodeBack(node))
}

/** … and which are cut off later, from the coordinator as well. */
const declaredThenCut: Strike = night => {
  const [pod] = night.some(1)
  if (!pod) return
  const node = night.nodeOf(pod)
  night.cluster.nodeLost(node)
  night.cluster.taint(node, outOfService)
  night.after(minute, () => {
    for (const each of night.podsOn(node)) {
      night.world.reports.of(each).cutUntil = night.world.timeline.now + 5 * minute
    }
  })
  night.after(10 * minute, () => night.cluster.nodeBack(node))
}

export const lies: Readonly<Record<string, Omit<NightOptions, 'seed' | 'pods'>>> = {
  'a pod that never joined': { strikes: { 'rotation-started': stranger } },
  'a platform that nobody hears': { strikes: {}, apiCutMs: 10 * minute },
  'a successor of the same name': { strikes: { 'rotation-started': namesake } },
  'a machine that is declared dead and lives': { strikes: { 'rotation-started': wronglyDeclared } },
  'a machine that is declared dead, speaks and is cut off': {
    strikes: { 'rotation-started': declaredThenCut },
  },
}

/** Every lie in a small night of its own; what broke first, or `null`. */
export const tellLies = async (): Promise<{
  readonly lie: string
  readonly why: string
} | null> => {
  for (const [lie, options] of Object.entries(lies)) {
    const { violations, ended } = await new Night({ seed: 1, pods: 6, ...options }).pass(
      60 * minute,
    )
    const why = violations[0] ?? (ended === 'completed' ? null : `no end: ${ended}`)
    if (why !== null) return { lie, why }
  }
  return null
}
