import { randomUUID } from 'node:crypto'
import { type Chance, within } from '../chance.ts'
import type { Span } from '../weather/propagation.ts'

/** What holds the account's exclusive lock, by the name of ARM's own operation. */
export type OperationName =
  | 'create'
  | 'delete'
  | 'regenerateKey'
  | 'update'
  | 'failoverPriorityChange'
  | 'offlineRegion'
  | 'onlineRegion'

export type OperationStatus = 'Enqueued' | 'Dequeued' | 'Succeeded' | 'Failed'

/** One long-running operation, decided in whole when it is accepted; its state follows the time. */
export interface Operation {
  readonly id: string
  readonly name: OperationName
  /** Counts from 1 over the account's life. */
  readonly ordinal: number
  readonly acceptedAt: number
  readonly dequeuedAt: number
  readonly endsAt: number
  readonly ends: 'Succeeded' | 'Failed'
  /** Whether what was asked for happens. A failed operation may have had its effect. */
  readonly takesEffect: boolean
}

/** An operation that has just been let in. */
export type Accepted = Pick<Operation, 'id' | 'name' | 'ordinal' | 'acceptedAt'>

export interface OperationKnobs {
  /** From acceptance to the end that ARM reports. */
  durationMs: Span
  /** Probability that an operation ends as `Failed`. */
  failRate: number
  /** Whether a failed operation had its effect all the same. */
  failedEffect: 'none' | 'done' | 'either'
}

/** Of creations, updates and deletions: an update of an empty account was recorded to take 30 s. */
export const defaultManagement: Readonly<OperationKnobs> = {
  durationMs: [200, 600],
  failRate: 0,
  failedEffect: 'either',
}

/** A pure function of the seed, the operation's ordinal and the knobs. */
export function planOperation(
  chance: Chance,
  accepted: Accepted,
  knobs: Readonly<OperationKnobs>,
): Operation {
  const { ordinal, acceptedAt } = accepted
  const draw = (what: string) => chance('operation', ordinal, what)
  const durationMs = within(knobs.durationMs, draw('duration'))
  const fails = draw('fails') < knobs.failRate
  const effect =
    knobs.failedEffect === 'either' ? draw('effect') < 0.5 : knobs.failedEffect === 'done'
  return {
    ...accepted,
    // The recorded operation was dequeued before the first poll, 30 s into 92 s.
    dequeuedAt: acceptedAt + within([0, Math.floor(durationMs / 3)], draw('dequeued')),
    endsAt: acceptedAt + durationMs,
    ends: fails ? 'Failed' : 'Succeeded',
    takesEffect: !fails || effect,
  }
}

export function statusAt(operation: Operation, now: number): OperationStatus {
  if (now >= operation.endsAt) return operation.ends
  return now >= operation.dequeuedAt ? 'Dequeued' : 'Enqueued'
}

/** All operations of an account. At most one runs at a time: it holds the exclusive lock. */
export class OperationLog {
  readonly #byId = new Map<string, Operation>()
  #last: Operation | undefined

  running(now: number): Operation | undefined {
    return this.#last && now < this.#last.endsAt ? this.#last : undefined
  }

  find(id: string): Operation | undefined {
    return this.#byId.get(id)
  }

  /** Lets an operation in, or returns `undefined` while another runs. */
  start<T extends Operation>(
    name: OperationName,
    now: number,
    plan: (accepted: Accepted) => T,
  ): T | undefined {
    if (this.running(now)) return undefined
    const ordinal = (this.#last?.ordinal ?? 0) + 1
    const operation = plan({ id: randomUUID(), name, ordinal, acceptedAt: now })
    this.#byId.set(operation.id, operation)
    this.#last = operation
    return operation
  }
}
