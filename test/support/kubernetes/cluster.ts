import { Etcd } from './etcd.ts'
import {
  type ContainerStatus,
  type Node,
  nodeNamed,
  type Pod,
  podNamed,
  running,
  terminated,
} from './objects.ts'

/**
 * What kubelets and controllers write into a cluster's API, in the order in which they do. Who runs
 * in truth is the test's business: this is what is said of it.
 */
export class Cluster {
  readonly etcd = new Etcd()
  readonly #labels: Readonly<Record<string, string>>
  readonly namespace: string

  constructor(namespace: string, labels: Readonly<Record<string, string>>) {
    this.namespace = namespace
    this.#labels = labels
  }

  addNode(name: string): Node {
    return this.etcd.create(nodeNamed(name))
  }

  /** Created and scheduled; its images are on their way. */
  schedule(name: string, node: string, labels = this.#labels): Pod {
    const made = this.etcd.create(podNamed(name, this.namespace, labels))
    return this.etcd.change(made, pod => {
      pod.spec.nodeName = node
    })
  }

  /** The kubelet's word that all of it runs. */
  started(name: string): Pod {
    return this.#edit(name, ({ spec, status }) => {
      status.phase = 'Running'
      status.conditions = [{ type: 'Ready', status: 'True' }]
      status.initContainerStatuses = spec.initContainers.map(one => running(one.name))
      status.containerStatuses = spec.containers.map(one => running(one.name))
    })
  }

  run(name: string, node: string): Pod {
    this.schedule(name, node)
    return this.started(name)
  }

  /** One container ended, and was started again in the same pod. */
  restarted(name: string, container: string, exitCode = 137): Pod {
    return this.#editStatus(name, container, status => {
      const last = { terminated: { exitCode, reason: exitCode === 137 ? 'OOMKilled' : 'Error' } }
      status.lastState = last
      status.restartCount += 1
    })
  }

  /** One container ended, and the kubelet has not started it again yet. */
  crashed(name: string, container: string, exitCode = 1): Pod {
    return this.#editStatus(name, container, status => {
      Object.assign(status, terminated(container, exitCode))
    })
  }

  /** Asked to end: nothing of it has ended yet. */
  askedToEnd(name: string, seconds = 30): Pod {
    return this.#edit(name, ({ metadata }) => {
      metadata.deletionTimestamp = '2030-01-01T00:00:30Z'
      metadata.deletionGracePeriodSeconds = seconds
    })
  }

  /** The kubelet's last word: every container has ended. */
  ended(name: string, phase: 'Succeeded' | 'Failed' = 'Succeeded'): Pod {
    const code = phase === 'Failed' ? 137 : 0
    return this.#edit(name, ({ spec, status }) => {
      status.phase = phase
      status.conditions = [{ type: 'Ready', status: 'False' }]
      status.initContainerStatuses = spec.initContainers.map(one => terminated(one.name, code))
      status.containerStatuses = spec.containers.map(one => terminated(one.name, code))
    })
  }

  /** The object goes, as it was last; by itself that is nobody's end. */
  removed(name: string): void {
    this.etcd.delete(this.pod(name))
  }

  /** Scale-in, rolling update, eviction: asked, ended, gone. */
  terminate(name: string, phase: 'Succeeded' | 'Failed' = 'Succeeded'): void {
    this.askedToEnd(name)
    this.ended(name, phase)
    this.removed(name)
  }

  /** The node's kubelet is not heard any more: the node controller says so of its pods. */
  nodeLost(node: string): void {
    this.#editNode(node, ({ status }) => {
      status.conditions = [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' }]
    })
    for (const pod of this.#podsOn(node)) {
      this.#edit(pod.metadata.name, ({ status }) => {
        status.conditions = [{ type: 'Ready', status: 'False' }]
      })
    }
  }

  nodeBack(node: string): void {
    this.#editNode(node, ({ status }) => {
      status.conditions = [{ type: 'Ready', status: 'True' }]
    })
  }

  taint(node: string, key: string): void {
    this.#editNode(node, ({ spec }) => {
      spec.taints = [...spec.taints, { key, effect: 'NoExecute' }]
    })
  }

  /** The machine is gone from the cloud, and its node from the cluster: its pods are collected. */
  nodeDeleted(node: string): void {
    this.etcd.delete(this.#node(node))
    for (const { metadata } of this.#podsOn(node)) {
      this.collected(metadata.name)
      this.removed(metadata.name)
    }
  }

  /** Pod garbage collection writes a phase; it knows nothing of containers, and leaves them. */
  collected(name: string): Pod {
    return this.#edit(name, ({ status }) => {
      status.phase = 'Failed'
      const message = 'PodGC: node no longer exists'
      status.conditions = [
        ...status.conditions,
        { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message },
      ]
    })
  }

  pod(name: string): Pod {
    const found = this.etcd.get('Pod', name, this.namespace)
    if (found?.kind !== 'Pod') throw new RangeError(`there is no pod ${name}`)
    return found
  }

  get pods(): readonly Pod[] {
    const all = this.etcd.list({ kind: 'Pod', selector: '' })
    return all.filter(object => object.kind === 'Pod')
  }

  edit(name: string, edit: (draft: Pod) => void): Pod {
    return this.#edit(name, edit)
  }

  #edit(name: string, edit: (draft: Pod) => void): Pod {
    return this.etcd.change(this.pod(name), edit)
  }

  #editStatus(name: string, container: string, edit: (status: ContainerStatus) => void): Pod {
    return this.#edit(name, ({ status }) => {
      const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
      const found = all.find(one => one.name === container)
      if (!found) throw new RangeError(`${name} has no container ${container}`)
      edit(found)
    })
  }

  #editNode(name: string, edit: (draft: Node) => void): Node {
    return this.etcd.change(this.#node(name), edit)
  }

  #node(name: string): Node {
    const found = this.etcd.get('Node', name)
    if (found?.kind !== 'Node') throw new RangeError(`there is no node ${name}`)
    return found
  }

  #podsOn(node: string): readonly Pod[] {
    return this.pods.filter(({ spec }) => spec.nodeName === node)
  }
}
