import {
  type KubeApi,
  KubeError,
  type Selected,
} from '../../../packages/coordinator/src/platform/kubernetes/api.ts'
import type { Cluster } from '../../support/kubernetes/cluster.ts'
import type { Selection } from '../../support/kubernetes/etcd.ts'
import { asking } from '../azure/ports.ts'
import type { SimProcess } from '../time/process.ts'

const watchMs = 24_000
const withinMs = 10_000

/** A cluster's API in virtual time, as one coordinator's process reaches it. */
export const simApi = (cluster: Cluster, process: SimProcess, isCut: () => boolean): KubeApi => {
  const { etcd } = cluster
  const selectionOf = ({ namespace, selector }: Selected): Selection => ({
    ...{ kind: 'Pod', namespace, selector },
  })
  return {
    listPods: (pods, _page, signal) =>
      asking(process, { withinMs, signal }, () => {
        if (isCut()) throw new KubeError(503, 'nobody is there')
        const metadata = { resourceVersion: String(etcd.revision) }
        return { metadata, items: etcd.list(selectionOf(pods)) }
      }),
    readNode: (name, signal) => asking(process, { withinMs, signal }, () => etcd.get('Node', name)),
    watchPods: (pods, version, onEvent, signal) =>
      new Promise((resolve, reject) => {
        let told = Number(version)
        if (!etcd.remembers(told)) return reject(new KubeError(410, 'too old'))
        let isOpen = true
        const end = (settle: () => void): void => {
          if (!isOpen) return
          isOpen = false
          forget()
          over.run = null
          settle()
        }
        const tell = (): void => {
          const events = etcd.since(selectionOf(pods), told)
          told = etcd.revision
          for (const { type, object } of events) {
            process.after(5, () => {
              if (isOpen) onEvent(type, object)
            })
          }
        }
        const forget = etcd.follow(tell)
        const over = process.after(watchMs, () => end(resolve))
        process.whenDead(() => end(() => undefined))
        signal.addEventListener('abort', () => end(resolve), { once: true })
        tell()
      }),
  }
}
