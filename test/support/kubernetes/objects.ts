/** Objects as the API serves them: no more of them than is needed, and nothing that it has not. */
export interface ContainerState {
  running?: { startedAt: string }
  waiting?: { reason: string }
  terminated?: { exitCode: number; reason: string }
}

export interface ContainerStatus {
  name: string
  ready: boolean
  restartCount: number
  image: string
  imageID: string
  state: ContainerState
  lastState: ContainerState
}

export interface Condition {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason?: string
  message?: string
}

export interface Metadata {
  name: string
  namespace?: string
  uid: string
  labels: Record<string, string>
  resourceVersion: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
}

export interface Pod {
  apiVersion: 'v1'
  kind: 'Pod'
  metadata: Metadata
  spec: {
    nodeName?: string
    restartPolicy: 'Always'
    initContainers: { name: string; image: string; restartPolicy: 'Always' }[]
    containers: { name: string; image: string }[]
  }
  status: {
    phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
    reason?: string
    conditions: Condition[]
    initContainerStatuses?: ContainerStatus[]
    containerStatuses?: ContainerStatus[]
  }
}

export interface Node {
  apiVersion: 'v1'
  kind: 'Node'
  metadata: Metadata
  spec: { taints: { key: string; effect: string; value?: string }[] }
  status: { conditions: Condition[] }
}

export type KubeObject = Pod | Node

const startedAt = '2030-01-01T00:00:00Z'

export const sidecarName = 'keyturn-sidecar'

export const running = (name: string): ContainerStatus => ({
  ...{ name, ready: true, restartCount: 0, image: name, imageID: name },
  state: { running: { startedAt } },
  lastState: {},
})

export const waiting = (name: string, reason = 'PodInitializing'): ContainerStatus => ({
  ...running(name),
  ready: false,
  state: { waiting: { reason } },
})

export const terminated = (name: string, exitCode = 0): ContainerStatus => ({
  ...running(name),
  ready: false,
  state: { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } },
})

/** A pod with Keyturn as a native sidecar, as deploy/kubernetes has it; not scheduled yet. */
export const podNamed = (
  name: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, uid: '', labels: { ...labels }, resourceVersion: '' },
  spec: {
    restartPolicy: 'Always',
    initContainers: [{ name: sidecarName, image: sidecarName, restartPolicy: 'Always' }],
    containers: [{ name: 'app', image: 'app' }],
  },
  status: { phase: 'Pending', conditions: [] },
})

export const nodeNamed = (name: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: '', labels: {}, resourceVersion: '' },
  spec: { taints: [] },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
})
