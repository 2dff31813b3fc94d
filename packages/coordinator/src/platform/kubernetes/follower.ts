import { backoffMs } from '@keyturn/core'
import type { Logger } from 'pino'
import { inShort } from '../../azure/azure-error.ts'
import type { WallClock } from '../../ports.ts'
import { type KubeApi, KubeError, type Selected } from './api.ts'
import {
  bookmarkSchema,
  type PodObject,
  podListSchema,
  podSchema,
  statusSchema,
} from './objects.ts'

const backoff = { firstMs: 500, maxMs: 30_000 } as const

/** What is listed again after so long, though nothing was missed as far as anybody knows. */
const relistMs = 600_000

/** A watch that the server ends sooner is no rest between two requests. */
const watchMsMin = 1_000

/** Who is told of it. */
export interface Follows {
  /** All pods that there are, and only those. */
  listed(pods: readonly PodObject[]): void
  put(pod: PodObject): void
  /** Gone from what is selected, as it was last; that is not its end. */
  removed(pod: PodObject): void
  /** Up to `at`, on the clock's monotonic time, everything is known; `version` continues it. */
  heard(version: string, at: number): void
  failed(reason: string): void
}

export interface FollowerParts {
  readonly api: () => Promise<KubeApi>
  readonly pods: Selected
  /** Where an earlier process had come to; `null`: nowhere. */
  readonly version: string | null
  readonly clock: WallClock
  readonly chance: () => number
  readonly log: Logger
  readonly follows: Follows
}

/**
 * Follows the pods that a selector selects: a list says who is there, a watch what becomes of them.
 * The watch goes on from where the last one stopped, also over a restart of this process, so that
 * no end of a pod is missed while the server remembers. Once it does not (410 Gone), what happened
 * in between is not known, and nothing is made of it
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
 */
export class PodFollower {
  readonly #parts: FollowerParts
  #version: string | null
  #listedAt: number | null = null

  constructor(parts: FollowerParts) {
    this.#parts = parts
    this.#version = parts.version
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, chance, follows, log, pods } = this.#parts
    let failures = 0
    while (!signal.aborted) {
      const since = this.#now()
      try {
        await this.#follow(signal)
        failures = this.#now() - since < watchMsMin ? failures + 1 : 0
      } catch (error) {
        if (signal.aborted) return
        failures = this.#now() - since < watchMsMin ? failures + 1 : 1
        const reason = inShort(error)
        follows.failed(reason)
        log.warn({ event: 'platform-failed', namespace: pods.namespace, reason })
      }
      if (failures > 0) await clock.sleep(backoffMs(failures, chance(), backoff), signal)
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { api, log, pods } = this.#parts
    const kube = await api()
    const isDue = this.#listedAt === null || this.#now() - this.#listedAt >= relistMs
    if (isDue || this.#version === null) await this.#list(kube, signal)
    try {
      await this.#watch(kube, signal)
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 410) throw error
      log.warn({ event: 'platform-gap', namespace: pods.namespace, reason: inShort(error) })
      this.#version = null
    }
  }

  async #list(kube: KubeApi, signal: AbortSignal): Promise<void> {
    const { pods, follows } = this.#parts
    const since = this.#now()
    const found: PodObject[] = []
    let page: string | undefined
    let listed = ''
    do {
      const answer = podListSchema.parse(await kube.listPods(pods, page, signal))
      found.push(...answer.items)
      listed = answer.metadata.resourceVersion
      page = answer.metadata._continue || undefined
    } while (page !== undefined && !signal.aborted)
    // A watch that goes on from before tells what a list cannot: who ended in between, and how.
    this.#version ??= listed
    this.#listedAt = since
    follows.listed(found)
    follows.heard(this.#version, since)
  }

  async #watch(kube: KubeApi, signal: AbortSignal): Promise<void> {
    const { pods, follows } = this.#parts
    await kube.watchPods(
      pods,
      this.#version ?? '',
      (type, object) => this.#hear(type, object),
      signal,
    )
    // Ended in good order: whatever had happened was said before.
    if (!signal.aborted && this.#version !== null) follows.heard(this.#version, this.#now())
  }

  #hear(type: string, object: unknown): void {
    const { follows } = this.#parts
    switch (type) {
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED': {
        const pod = podSchema.parse(object)
        this.#version = pod.metadata.resourceVersion
        if (type === 'DELETED') follows.removed(pod)
        else follows.put(pod)
        break
      }
      case 'BOOKMARK':
        this.#version = bookmarkSchema.parse(object).metadata.resourceVersion
        break
      default: {
        const { code, reason, message } = statusSchema.parse(object)
        throw new KubeError(code ?? null, message ?? reason ?? `an event of type ${type}`)
      }
    }
    follows.heard(this.#version, this.#now())
  }

  #now(): number {
    const { clock } = this.#parts
    return clock.monotonic?.() ?? clock.now()
  }
}
