import { jittered } from '@keyturn/core'
import type { Logger } from 'pino'
import { inShort } from '../../azure/azure-error.ts'
import type { Platform, PlatformWord, WallClock } from '../../ports.ts'
import type { KubeApi } from './api.ts'
import { Census } from './census.ts'
import { PodFollower } from './follower.ts'
import { endOfMachine } from './lives.ts'
import { type NoteStore, noNotes } from './notes.ts'
import { nodeSchema } from './objects.ts'

/** How often the nodes of pods that are not well are looked at. */
const nodesMs = 15_000

export interface KubernetesParts {
  /** Called anew after it failed. */
  readonly api: () => Promise<KubeApi>
  readonly namespaces: readonly string[]
  readonly selector: string
  /** Whether the end of a machine is asked for, which takes the right to get nodes. */
  readonly machines: boolean
  readonly notes: NoteStore
  readonly clock: WallClock
  /** In [0, 1). */
  readonly chance: () => number
  readonly log: Logger
}

/** Says who runs in Kubernetes, and whose end it has seen there. */
export class KubernetesPlatform implements Platform {
  readonly #parts: KubernetesParts
  #census: Census
  readonly #stopped = new AbortController()
  #running: Promise<unknown> = Promise.resolve()
  #api: Promise<KubeApi> | null = null
  /** By namespace: up to when it is known, how to go on from there, and what went wrong. */
  readonly #heardAt = new Map<string, number>()
  readonly #versions = new Map<string, string>()
  readonly #errors = new Map<string, string>()
  #saving: Promise<void> = Promise.resolve()
  #isSaveDue = false

  constructor(parts: KubernetesParts) {
    this.#parts = parts
    this.#census = new Census(parts.machines, [])
  }

  read(): PlatformWord {
    const { namespaces } = this.#parts
    const heard = namespaces.map(namespace => this.#heardAt.get(namespace))
    const { expected, dead } = this.#census
    return {
      ageMs: heard.includes(undefined)
        ? null
        : this.#now() - Math.min(...heard.filter(at => at !== undefined)),
      expected,
      dead,
      error: [...this.#errors.values()][0] ?? null,
    }
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#running
    await this.#saving
  }

  async #run(): Promise<void> {
    const { namespaces, machines, notes } = this.#parts
    const { versions, dead } = await notes.load().catch(() => noNotes)
    this.#census = new Census(machines, dead)
    for (const [namespace, version] of Object.entries(versions)) {
      this.#versions.set(namespace, version)
    }
    const followers = namespaces.map(namespace => this.#follow(namespace))
    await Promise.all(machines ? [...followers, this.#lookAtNodes()] : followers)
  }

  #follow(namespace: string): Promise<void> {
    const { selector, clock, chance, log } = this.#parts
    const follower = new PodFollower({
      ...{ api: () => this.#open(), clock, chance, log },
      pods: { namespace, selector },
      version: this.#versions.get(namespace) ?? null,
      follows: {
        listed: pods => this.#census.listed(namespace, pods),
        put: pod => this.#census.put(pod),
        removed: pod => this.#census.removed(pod),
        heard: (version, at) => {
          this.#heardAt.set(namespace, at)
          this.#errors.delete(namespace)
          if (this.#versions.get(namespace) === version) return
          this.#versions.set(namespace, version)
          this.#save()
        },
        failed: reason => void this.#errors.set(namespace, reason),
      },
    })
    return follower.run(this.#stopped.signal)
  }

  async #lookAtNodes(): Promise<void> {
    const { clock, chance, log } = this.#parts
    const { signal } = this.#stopped
    while (!signal.aborted) {
      try {
        this.#census.machinesEnded(await this.#endedNodes())
      } catch (error) {
        // What was seen of nodes before may not hold any more: nothing is made of it.
        this.#census.machinesEnded(new Map())
        log.warn({ event: 'platform-nodes-failed', reason: inShort(error) })
      }
      await clock.sleep(jittered(nodesMs, chance()), signal)
    }
  }

  async #endedNodes(): Promise<ReadonlyMap<string, string>> {
    const kube = await this.#open()
    const ended = new Map<string, string>()
    for (const name of this.#census.doubtfulNodes()) {
      const node = await kube.readNode(name, this.#stopped.signal)
      // A node that is not there is no proof: its pods are collected, which is.
      const end = node === null ? null : endOfMachine(nodeSchema.parse(node))
      if (end !== null) ended.set(name, end)
    }
    return ended
  }

  #open(): Promise<KubeApi> {
    this.#api ??= this.#parts.api().catch(error => {
      this.#api = null
      throw error
    })
    return this.#api
  }

  /** One after the other, and all that came meanwhile at once. */
  #save(): void {
    if (this.#isSaveDue) return
    this.#isSaveDue = true
    this.#saving = this.#saving.then(async () => {
      this.#isSaveDue = false
      const versions = Object.fromEntries(this.#versions)
      const { notes, log } = this.#parts
      await notes.save({ versions, dead: [...this.#census.kept] }).catch(error => {
        log.warn({ event: 'platform-notes-unwritten', reason: inShort(error) })
      })
    })
  }

  #now(): number {
    const { clock } = this.#parts
    return clock.monotonic?.() ?? clock.now()
  }
}
