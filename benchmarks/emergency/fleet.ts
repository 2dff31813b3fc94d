import type { Coordinator } from '@keyturn/coordinator'
import { reportAnswerSchema } from '@keyturn/protocol'
import { FakeMember } from '@keyturn/testkit'
import type { openVault } from '../../packages/coordinator/src/azure/vault.ts'

export interface FleetOptions {
  readonly coordinator: Coordinator
  /** ARM resource id. */
  readonly account: string
  readonly vault: ReturnType<typeof openVault>
  readonly names: readonly string[]
}

/** Members that follow what is announced and report it over HTTP, each on its own, until ended. */
export const startFleet = (options: FleetOptions): { end: () => void; done: Promise<unknown> } => {
  const ended = new AbortController()
  const done = Promise.all(options.names.map(name => live(options, name, ended.signal)))
  return { end: () => ended.abort(), done }
}

const live = async (options: FleetOptions, name: string, ended: AbortSignal): Promise<void> => {
  const member = new FakeMember(name)
  let knownVersion = 0
  while (!ended.aborted) {
    const announced = await report(options, member, name, knownVersion, ended)
    if (announced === null) continue
    knownVersion = announced
    const { latest } = await options.vault.read()
    if (latest) member.hear(latest)
  }
}

/** The version that is announced, once there is a newer one. */
const report = async (
  { coordinator, account }: FleetOptions,
  member: FakeMember,
  name: string,
  knownVersion: number,
  signal: AbortSignal,
): Promise<number | null> => {
  const said = {
    ...member.report(0),
    source: { kind: 'keyVault', stalenessMsMax: 0, ageMs: 0 },
    ...{ account, pair: 'readWrite', holdMs: 15_000, knownVersion },
  }
  try {
    const response = await fetch(`${coordinator.url}/v1/members/${name}/reports`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${coordinator.tokens.member}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(said),
      signal,
    })
    return reportAnswerSchema.parse(await response.json()).announced?.version ?? null
  } catch (error) {
    if (signal.aborted) return null
    throw error
  }
}
