import type { RotationStatus } from '@keyturn/protocol'
import { exitCode } from '../exit-codes.ts'
import { Failure, Interrupted } from '../failure.ts'
import { complain, type Host, say } from '../host.ts'
import type { OperatorClient } from '../operator-client.ts'
import { paintFor } from '../view/paint.ts'
import { spoken } from '../view/words.ts'
import type { WatchView } from './view.ts'
import { expecting, hasEnded, heard, nothingYet, type Watched } from './watched.ts'

export interface Watching {
  readonly client: OperatorClient
  readonly view: WatchView
  /** Monotonic, in ms. */
  readonly now: () => number
  /** After so long it is watched no more. */
  readonly timeoutMs?: number | undefined
  readonly json?: boolean | undefined
}

/**
 * Watches the running rotation, or the last one, to its end, through restarts of the coordinator.
 * @returns the exit code that says how it ended
 * @throws {Interrupted} where somebody asks this process to end: the rotation goes on
 */
export const watch = async (host: Host, watching: Watching): Promise<number> => {
  const { client, view } = watching
  const [rotation] = await client.rotations(1)
  if (!rotation) {
    const sentence = 'No rotation was ever begun: keyturn rotate --reason "…" begins one.'
    throw new Failure(sentence, 'NO_ROTATION')
  }
  const timeout = watching.timeoutMs === undefined ? null : AbortSignal.timeout(watching.timeoutMs)
  const over = AbortSignal.any([host.signal, ...(timeout ? [timeout] : [])])
  let ended: RotationStatus | null = null
  try {
    ended = await follow(watching, rotation, over)
  } finally {
    view.stops()
  }
  if (ended === null && host.signal.aborted) throw new Interrupted(host.signal, stillRunning)
  if (ended === null) return notInTime(host)
  if (!watching.json) say(host, verdict(host, ended))
  return exitCode(ended.status === 'completed' ? 'done' : 'reverted')
}

const stillRunning =
  'The rotation goes on without you: keyturn watch looks again, keyturn abort --reason "…" turns back.'

const notInTime = (host: Host): number => {
  complain(host, 'NOT_IN_TIME: It has not ended and goes on: keyturn watch looks again.')
  return exitCode('notInTime')
}

/** Resolves with how it ended; `null`: nobody waits for that any more. */
const follow = async (
  { client, view, now }: Watching,
  { id, revision }: { readonly id: string; readonly revision: number },
  over: AbortSignal,
): Promise<RotationStatus | null> => {
  let watched: Watched = nothingYet
  let planned: string | null = null
  for await (const event of client.follow(over, revision - 1)) {
    const before = watched
    watched = heard(watched, event, now())
    const rotation = watched.summary?.rotation ?? null
    if (rotation && rotation.id !== id) return lastOf(client, id)
    // A leak that is declared in the middle plans anew.
    const plan = rotation && `${rotation.plan} ${rotation.emergency?.slot}`
    if (rotation?.status === 'running' && plan !== planned) {
      planned = plan
      watched = await client.plan({}).then(
        steps => expecting(watched, steps),
        // Estimates are a comfort: without them it is watched all the same.
        () => watched,
      )
    }
    view.hears(event, before, watched)
    if (rotation && hasEnded(rotation)) return rotation
  }
  return null
}

/** Somebody has begun another one since: ours has ended. */
const lastOf = async (client: OperatorClient, id: string): Promise<RotationStatus | null> =>
  (await client.rotations(100)).find(rotation => rotation.id === id) ?? null

const verdict = (host: Host, { status, phases, from }: RotationStatus): string => {
  const paint = paintFor(host)
  const took = spoken(phases.reduce((sum, { ms }) => sum + ms, 0))
  return status === 'completed'
    ? paint('green', `✓ completed in ${took}: keyturn status shows who signs with what.`)
    : paint('yellow', `↺ reverted after ${took}: the ${from} key signs, as before.`)
}
