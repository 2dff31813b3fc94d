import { hasEnded } from '@keyturn/core'
import { KubernetesPlatform } from '../../../packages/coordinator/src/platform/kubernetes/kubernetes.ts'
import { type Notes, noNotes } from '../../../packages/coordinator/src/platform/kubernetes/notes.ts'
import { Cluster } from '../../support/kubernetes/cluster.ts'
import { sidecarName } from '../../support/kubernetes/objects.ts'
import type { SimPod } from '../fleet/pod.ts'
import { Operator } from '../operator.ts'
import type { Chance } from '../time/chance.ts'
import { virtualTimers } from '../time/globals.ts'
import { World } from '../world.ts'
import { Promises } from './promises.ts'
import { simApi } from './sim-api.ts'

const namespace = 'shop'
const podsPerNode = 5

/** When the node controller gives up a node that is silent; when a cloud has cleared it away. */
const nodeLostMs = 40_000
const nodeGoneMs = 90_000

export interface NightOptions {
  readonly seed: number
  readonly pods: number
  /** What happens when a phase is entered, or an event journalled, the first time. */
  readonly strikes: Readonly<Record<string, (night: Night) => void>>
  readonly machines?: boolean
  /** For how long, from the beginning, nobody reaches the cluster's API, in ms. */
  readonly apiCutMs?: number
}

export interface Morning {
  readonly ended: string | null
  readonly violations: readonly string[]
  readonly blockers: readonly string[]
  /** Events of the journal by their types. */
  readonly journal: ReadonlyMap<string, number>
  readonly virtualMs: number
  readonly trace: readonly string[]
}

/**
 * One rotation of a fleet of pods by night: somebody starts it and goes to bed. The cluster is told
 * what its kubelets and controllers would say; who truly runs is in the hands of the simulation.
 */
export class Night {
  readonly world: World
  readonly cluster = new Cluster(namespace, { app: 'shop' })
  readonly chance: Chance
  readonly #strikes: Map<string, (night: Night) => void>
  readonly #journal = new Map<string, number>()
  /** The coordinator's volume: it outlives its processes. */
  #notes: Notes = noNotes
  #serial = 0
  readonly #promises: Promises
  readonly #lostNodes = new Set<string>()

  constructor({ seed, pods, strikes, machines = true, apiCutMs = 0 }: NightOptions) {
    this.#strikes = new Map(Object.entries(strikes))
    const calm = { members: pods, clientsMost: 1, strikes: 0, sqlite: false, strictWire: false }
    const pace = { turnMs: 1_000, usageMs: 5_000, holdMs: 5_000, paceMs: 10_000, pollMs: 30_000 }
    this.world = new World({
      seed,
      change: { ...calm, ...pace, regenerationMs: 30_000 },
      policy: {
        fleet: { is: 'members', names: [], atLeast: 1 },
        platform: { is: 'kubernetes', ageMsMax: 120_000 },
      },
      platform: (process, log) =>
        new KubernetesPlatform({
          api: async () => simApi(this.cluster, process, () => this.world.timeline.now < apiCutMs),
          ...{ namespaces: [namespace], selector: 'app=shop', machines, log },
          notes: {
            load: async () => this.#notes,
            save: async notes => {
              this.#notes = notes
            },
          },
          clock: {
            now: () => process.clock.now(),
            sleep: (ms, signal) => process.clock.sleep(ms, signal).catch(() => undefined),
          },
          chance: process.chance.next,
        }),
    })
    this.chance = this.world.chance.of('night')
    this.#promises = new Promises(this.world, apiCutMs)
  }

  get pods(): readonly SimPod[] {
    return this.world.pods.filter(({ isUp }) => isUp)
  }

  /** Some that are up, drawn by chance. */
  some(count: number): readonly SimPod[] {
    const left = [...this.pods]
    return Array.from({ length: Math.min(count, left.length) }, () => {
      const pod = this.chance.pick(left)
      left.splice(left.indexOf(pod), 1)
      return pod
    })
  }

  after(ms: number, work: () => void): void {
    this.world.timeline.after(ms, work)
  }

  /** @param again the name of one that has gone: a stateful set gives it to its successor */
  addPod(again?: string): SimPod {
    this.#serial += 1
    const name = again ?? `web-${this.#serial}`
    const node = `node-${Math.ceil(this.#serial / podsPerNode)}`
    if (this.cluster.etcd.get('Node', node) === null) this.cluster.addNode(node)
    const { uid } = this.cluster.schedule(name, node).metadata
    // Its kubelet says so a moment after it has begun.
    this.after(this.chance.int(200, 2_000), () => {
      if (!this.#lostNodes.has(node)) this.cluster.started(name)
    })
    const pod = this.world.addPod({
      ...{
        name,
        label: again ? `${name}-${this.#serial}` : name,
        mountLagMs: null,
        durable: true,
        clients: 1,
      },
      pod: { name, uid, namespace, node },
    })
    this.#promises.started(pod)
    return pod
  }

  /** Scale-in, or one step of a rolling update: applications end first, then the sidecar. */
  leave(pod: SimPod): void {
    this.cluster.askedToEnd(pod.name)
    void pod.leave().then(() => this.#endedAt(pod, 'Succeeded'))
  }

  /** All of it is killed at once, and its kubelet says so: evicted for memory, or out of patience. */
  kill(pod: SimPod): void {
    pod.lose()
    this.#endedAt(pod, 'Failed')
  }

  /** The sidecar's container is out of memory: the kubelet starts it again on the same volume. */
  killSidecar(pod: SimPod): void {
    pod.killSidecar()
    this.after(this.chance.int(1_000, 20_000), () => {
      if (!pod.isUp) return
      this.cluster.restarted(pod.name, sidecarName)
      pod.restartSidecar()
    })
  }

  /** The application's container is out of memory: the kubelet starts another process. */
  killApplication(pod: SimPod): void {
    for (const { process } of pod.clients) process.kill()
    this.after(this.chance.int(1_000, 20_000), () => {
      if (!pod.isUp) return
      this.cluster.restarted(pod.name, 'app')
      pod.startClient()
    })
  }

  /** A machine is gone with all that was on it; what the cluster comes to know of it, and when. */
  loseNode(name: string, then: 'deleted' | 'shut down'): void {
    this.#lostNodes.add(name)
    for (const pod of this.podsOn(name)) pod.lose()
    this.after(nodeLostMs, () => this.cluster.nodeLost(name))
    this.after(nodeLostMs + nodeGoneMs, () => {
      if (then === 'deleted') this.cluster.nodeDeleted(name)
      else this.cluster.taint(name, 'node.cloudprovider.kubernetes.io/shutdown')
    })
  }

  podsOn(node: string): readonly SimPod[] {
    return this.world.pods.filter(({ plan }) => plan.pod?.node === node)
  }

  nodeOf(pod: SimPod): string {
    return pod.plan.pod?.node ?? ''
  }

  killCoordinator(forMs: number): void {
    this.world.leader?.process.kill()
    this.after(forMs, () => void this.world.startCoordinator())
  }

  /** Until the rotation has ended, or `withinMs` is over. Nobody helps. */
  async pass(withinMs: number): Promise<Morning> {
    const { world } = this
    const restore = virtualTimers(world.timeline)
    try {
      const operator = new Operator(world)
      world.startCoordinator()
      for (let left = world.settings.members; left > 0; left -= 1) this.addPod()
      await this.#until(300_000, async () => {
        if (world.vault.latest === null) await operator.adopt()
        return (world.leader?.account.announced ?? 0) > 0
      })
      this.#watchJournal()
      await this.#until(300_000, () => operator.rotate('both'))
      await this.#until(withinMs, async () => this.#ended !== null)
      return this.#morning()
    } finally {
      restore()
    }
  }

  get #ended(): string | null {
    const rotation = this.world.leader?.account.state.record.rotation
    return rotation && hasEnded(rotation.phase) ? rotation.phase.at : null
  }

  #watchJournal(): void {
    this.world.onJournal = (type, phase, event) => {
      this.#promises.judge(event)
      this.#journal.set(type, (this.#journal.get(type) ?? 0) + 1)
      const strike = this.#strikes.get(phase ?? type)
      this.#strikes.delete(phase ?? type)
      if (strike) this.after(this.chance.int(100, 2_000), () => strike(this))
    }
  }

  /** As its kubelet says it, if that lives. */
  #endedAt(pod: SimPod, phase: 'Succeeded' | 'Failed'): void {
    const byKubelet = (work: () => void): void => {
      if (!this.#lostNodes.has(this.nodeOf(pod))) work()
    }
    this.after(this.chance.int(200, 3_000), () =>
      byKubelet(() => {
        this.cluster.ended(pod.name, phase)
        this.after(this.chance.int(10, 1_000), () =>
          byKubelet(() => this.cluster.removed(pod.name)),
        )
      }),
    )
  }

  async #until(withinMs: number, holds: () => Promise<boolean>): Promise<void> {
    const { timeline } = this.world
    const over = timeline.now + withinMs
    let is = false
    const ask = (): void => {
      void holds().then(answer => {
        is = answer
        if (!is) timeline.after(5_000, ask)
      })
    }
    timeline.after(1, ask)
    await timeline.run(() => is || timeline.now > over)
  }

  #morning(): Morning {
    const { world } = this
    const blockers = world.leader?.account.state.blockers ?? []
    return {
      ended: this.#ended,
      violations: [...world.checker.violations, ...this.#promises.broken],
      blockers: blockers.map(({ code, member }) => `${code} ${member ?? ''}`.trim()),
      journal: this.#journal,
      virtualMs: world.timeline.now,
      trace: world.trace.lines,
    }
  }
}
