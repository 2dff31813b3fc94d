import type { ContainerStatus, NodeObject, PodObject } from './objects.ts'

const terminal: readonly string[] = ['Succeeded', 'Failed']

/** Whoever sets the phase to Failed for a pod whose node no longer exists, or is out of service. */
const collectedBy = 'DeletionByPodGC'

/**
 * The kubelet's word that every container of a pod has ended and none starts again; `null`: it has
 * not given it.
 *
 * It is the terminal phase, which the kubelet sets only once no container can run any more, and
 * before it deletes the object (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/,
 * "Pod phase": since Kubernetes 1.27, but for static pods and pods deleted by force), together
 * with a status of each container that does not speak against it. For the same page goes on: if a
 * node dies or is disconnected, the control plane sets the phase of its pods to Failed. That is
 * nobody's word about processes, and its containers' statuses are those from before.
 *
 * No proof are: an object that is gone (deletion by force removes it at once, and label selectors
 * lose it); `deletionTimestamp` (asked to end, not ended); the phase Unknown; containers that are
 * terminated in another phase (the kubelet starts them again).
 */
export const terminationOf = ({ spec, status }: PodObject): string | null => {
  const phase = status?.phase ?? ''
  if (!terminal.includes(phase) || isCollected({ spec, status })) return null
  const statuses = statusesOf(status)
  const lasting = (spec.initContainers ?? []).filter(one => one.restartPolicy === 'Always')
  const named = [...spec.containers, ...lasting].map(({ name }) => name)
  const isTold = named.every(name => statuses.some(one => one.name === name))
  return isTold && statuses.every(hasEnded) ? `its phase is ${phase}` : null
}

/**
 * Pod garbage collection has given the pod up: its node is gone from the cluster, or out of
 * service (https://kubernetes.io/docs/concepts/workloads/pods/disruptions/, "Pod disruption
 * conditions"). Told about the machine, by whoever removed it; its processes say nothing.
 */
export const isCollected = ({ status }: Pick<PodObject, 'spec' | 'status'>): boolean =>
  (status?.conditions ?? []).some(
    ({ type, status: is, reason }) =>
      type === 'DisruptionTarget' && is === 'True' && reason === collectedBy,
  )

/**
 * Whether anything of the pod may be running: it has started a container, and nobody has said that
 * all have ended. One that waits for a node or for its images holds no key yet.
 */
export const mayRun = ({ spec, status }: PodObject): boolean =>
  !terminal.includes(status?.phase ?? '') &&
  Boolean(spec.nodeName) &&
  statusesOf(status).some(hasStarted)

/** A pod on an unreachable node is marked so by the node controller: a reason to ask for its node. */
export const isReady = ({ status }: PodObject): boolean =>
  (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True')

const shutDown: Readonly<Record<string, string>> = {
  'node.kubernetes.io/out-of-service': 'is out of service',
  'node.cloudprovider.kubernetes.io/shutdown': 'is shut down',
}

/**
 * That a machine is off: an operator's taint, to be set only once that is verified
 * (https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/), or the cloud
 * provider's (https://kubernetes.io/docs/reference/labels-annotations-taints/). Both stay until
 * somebody takes them away: on a node that is ready they are a leftover. Being unreachable is no
 * end, and neither is a missing object.
 */
export const endOfMachine = ({ metadata, spec, status }: NodeObject): string | null => {
  const isReadyNow = (status?.conditions ?? []).some(
    condition => condition.type === 'Ready' && condition.status === 'True',
  )
  if (isReadyNow) return null
  const taint = (spec?.taints ?? []).find(({ key }) => key in shutDown)
  return taint ? `its node ${metadata.name} ${shutDown[taint.key]}` : null
}

const statusesOf = (status: PodObject['status']): readonly ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
  ...(status?.ephemeralContainerStatuses ?? []),
]

const hasStarted = ({ state, lastState, restartCount }: ContainerStatus): boolean =>
  Boolean(state?.running ?? state?.terminated ?? lastState?.terminated) || (restartCount ?? 0) > 0

/** Terminated, or never begun. */
const hasEnded = (status: ContainerStatus): boolean =>
  Boolean(status.state?.terminated) || !hasStarted(status)
