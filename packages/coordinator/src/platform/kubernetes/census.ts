import type { Instance } from '@keyturn/core'
import type { PlatformWord } from '../../ports.ts'
import { isCollected, isReady, mayRun, terminationOf } from './lives.ts'
import type { PodObject } from './objects.ts'

type Dead = PlatformWord['dead'][number]

/** As many ends as are kept: far more than a fleet has between two turns of the loop. */
const keptMax = 2_000

/** Who is there, and whose end was seen. */
export class Census {
  readonly #pods = new Map<string, PodObject>()
  /** By uid; an end that was once proven stays so when its object is gone. */
  readonly #dead = new Map<string, Dead>()
  /** Nodes that are off, and by what. */
  #ended: ReadonlyMap<string, string> = new Map()
  /** Whether the end of a machine counts. */
  readonly #countsMachines: boolean

  constructor(countsMachines: boolean, dead: readonly Dead[]) {
    this.#countsMachines = countsMachines
    for (const one of dead) this.#dead.set(one.uid, one)
  }

  /** All pods of a namespace. Whoever is not among them is gone, which proves nothing. */
  listed(namespace: string, pods: readonly PodObject[]): void {
    for (const [uid, { metadata }] of this.#pods) {
      if (metadata.namespace === namespace) this.#pods.delete(uid)
    }
    for (const pod of pods) this.put(pod)
  }

  put(pod: PodObject): void {
    this.#pods.set(pod.metadata.uid, pod)
    this.#judge(pod)
  }

  removed(pod: PodObject): void {
    this.#judge(pod)
    this.#judgeMachine(pod)
    this.#pods.delete(pod.metadata.uid)
  }

  /** Nodes of pods that are not well: whether they are off is worth a question. */
  doubtfulNodes(): readonly string[] {
    const pods = [...this.#pods.values()].filter(pod => mayRun(pod) && !isReady(pod))
    return [...new Set(pods.flatMap(({ spec }) => spec.nodeName ?? []))]
  }

  machinesEnded(nodes: ReadonlyMap<string, string>): void {
    this.#ended = nodes
  }

  /** Ends that are kept, the last ones seen. */
  get kept(): readonly Dead[] {
    return [...this.#dead.values()]
  }

  get dead(): readonly Dead[] {
    const onEnded = [...this.#pods.values()].flatMap(pod => this.#machineEnd(pod) ?? [])
    return [...this.#dead.values(), ...onEnded.filter(({ uid }) => !this.#dead.has(uid))]
  }

  get expected(): readonly Instance[] {
    return [...this.#pods.values()]
      .filter(pod => mayRun(pod) && this.#machineEnd(pod) === null)
      .map(instanceOf)
  }

  #judge(pod: PodObject): void {
    const ended = terminationOf(pod)
    if (ended !== null) this.#keep({ ...instanceOf(pod), proof: 'terminated', detail: ended })
    else if (this.#countsMachines && isCollected(pod)) {
      const detail = 'its node is gone, or out of service, and the pod was collected'
      this.#keep({ ...instanceOf(pod), proof: 'machine-ended', detail })
    }
  }

  #judgeMachine(pod: PodObject): void {
    const end = this.#machineEnd(pod)
    if (end) this.#keep(end)
  }

  #machineEnd(pod: PodObject): Dead | null {
    const detail = this.#ended.get(pod.spec.nodeName ?? '')
    if (detail === undefined || !mayRun(pod)) return null
    return { ...instanceOf(pod), proof: 'machine-ended', detail }
  }

  /** A later word replaces an earlier one; the oldest is forgotten. */
  #keep(one: Dead): void {
    const known = this.#dead.get(one.uid)
    if (known && known.proof === 'terminated') return
    this.#dead.delete(one.uid)
    this.#dead.set(one.uid, one)
    const [oldest] = this.#dead.keys()
    if (this.#dead.size > keptMax && oldest !== undefined) this.#dead.delete(oldest)
  }
}

const instanceOf = ({ metadata: { name, uid } }: PodObject): Instance => ({ name, uid })
