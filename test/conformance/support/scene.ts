import type {
  AzureSim,
  AzureSimOptions,
  VirtualClock,
} from '../../../packages/azure-sim/src/index.ts'
import type { rawRequest } from '../../../packages/azure-sim/test/clients.ts'
import type { Example } from './examples.ts'

/** A simulator that an example is sent to, and how to speak to it. */
export interface Scene {
  readonly sim: AzureSim
  readonly clock: VirtualClock
  readonly example: Example
  readonly accountPath: string
  /** What the official example of a PATCH of that version sends: it sets the most. */
  readonly fullest: unknown
  call(method: string, path: string, body?: unknown): Promise<SceneAnswer>
  /** Follows a long-running answer to its end; does nothing where it is none. */
  settle(answer: SceneAnswer): Promise<void>
}

export type SceneAnswer = Awaited<ReturnType<typeof rawRequest>>

/** What stands in the place of an example's parameters, which only Azure's own database knows. */
export type Instead = Readonly<Record<string, unknown>>

/** The state that an example presupposes. */
export interface State {
  /** In words, for readers. */
  readonly is: string
  readonly options?: AzureSimOptions
  readonly bring?: (scene: Scene) => Promise<Instead>
}

/** Examples write `subid`, which Azure itself would refuse: subscriptions are GUIDs. */
export const subscriptionOf = ({ parameters }: Example): string => {
  const given = String(parameters['subscriptionId'])
  return /^[0-9a-f-]{36}$/.test(given) ? given : '00000000-1111-2222-3333-444444444444'
}

/** Nothing stands in the place of anything. */
export const asWritten: Instead = {}
