// `npm run bench:emergency -- --json`: how long a leaked key lives once somebody has said so. A
// fleet of 50 that answers, over HTTP; a real coordinator with its journal on the disk; an
// embedded Azure that takes a second to regenerate. All of it in this one process, on its one
// core: what a coordinator of its own takes is less. Exit code 1 beyond ten seconds.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { parseArgs } from 'node:util'
import { AzureSim } from '@keyturn/azure-sim'
import { Coordinator } from '@keyturn/coordinator'
import { type AccountStatus, accountStatusSchema } from '@keyturn/protocol'
import { openVault } from '../../packages/coordinator/src/azure/vault.ts'
import { startFleet } from './fleet.ts'

const azuresOwnMs = 1_000
const beyondMsMax = 10_000
const names = Array.from({ length: 50 }, (_, index) => `member-${index}`)

interface Report {
  readonly members: number
  readonly totalMs: number
  readonly azuresOwnMs: number
  readonly beyondMs: number
  readonly phases: readonly { readonly name: string; readonly ms: number }[]
  readonly waived: readonly string[]
  readonly met: boolean
}

const startCoordinator = async (azure: AzureSim, dataDirectory: string): Promise<Coordinator> => {
  const config = {
    dataDirectory,
    listen: { port: 0 },
    accounts: [
      {
        name: 'orders',
        account: azure.accountId,
        endpoint: azure.endpoint,
        armEndpoint: azure.armEndpoint,
        vault: { url: azure.vaultUrl, secret: 'keyset' },
        policy: {
          fleet: { is: 'members' as const, names },
          evidence: { is: 'none' as const, acceptedBy: 'the benchmark', reason: 'no strays' },
          // As it runs by default, but for the time that everybody gets to join at the start.
          limits: { fleetSettleMs: 0 },
        },
      },
    ],
  }
  return new Coordinator({ config, credential: azure.credential }).start()
}

const operatorOf = (coordinator: Coordinator) => {
  const path = `${coordinator.url}/v1/accounts/orders`
  const headers = {
    authorization: `Bearer ${coordinator.tokens.operator}`,
    'content-type': 'application/json',
  }
  const parsed = async (response: Response) => accountStatusSchema.parse(await response.json())
  const status = async () => parsed(await fetch(path, { headers }))
  return {
    say: async (verb: object) =>
      parsed(await fetch(`${path}/verbs`, { method: 'POST', headers, body: JSON.stringify(verb) })),
    /** Asks again and again: waits for the event, not for a time. */
    until: async (holds: (status: AccountStatus) => boolean): Promise<AccountStatus> => {
      for (;;) {
        const seen = await status()
        if (holds(seen)) return seen
      }
    },
  }
}

const measure = async (azure: AzureSim, coordinator: Coordinator): Promise<Report> => {
  const { accountId: account, vaultUrl: url, credential } = azure
  const vault = openVault({ account, url, secretName: 'keyset', credential })
  const fleet = startFleet({ coordinator, account, vault, names })
  const { say, until } = operatorOf(coordinator)
  await say({ verb: 'adopt' })
  const isReady = ({ members }: AccountStatus) =>
    members.filter(({ acknowledged }) => acknowledged !== null).length === names.length
  await Promise.race([until(isReady), fleet.done])
  const since = performance.now()
  await say({ verb: 'rotate', slot: 'primary', emergency: true, reason: 'in a public log' })
  const ended = await until(({ rotation }) => rotation?.phase === 'completed')
  const totalMs = Math.round(performance.now() - since)
  fleet.end()
  await fleet.done
  const beyondMs = totalMs - azuresOwnMs
  return {
    ...{ members: names.length, totalMs, azuresOwnMs, beyondMs },
    phases: (ended.rotation?.phases ?? []).map(({ name, ms }) => ({ name, ms })),
    waived: (ended.rotation?.waivers ?? []).map(({ code }) => code),
    met: beyondMs <= beyondMsMax,
  }
}

const table = ({ members, totalMs, azuresOwnMs: own, beyondMs, phases, waived }: Report): string =>
  [
    `a leaked key of ${members} members was gone after ${totalMs} ms`,
    `Azure's own: ${own} ms; beyond it: ${beyondMs} ms (of ${beyondMsMax} allowed)`,
    ...phases.map(({ name, ms }) => `  ${name.padEnd(20)} ${String(ms).padStart(6)} ms`),
    `waived: ${waived.join(', ')}`,
    '',
  ].join('\n')

const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: { json: { type: 'boolean' } } })
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-emergency-'))
  const regeneration = { durationMs: azuresOwnMs, spreadMs: 0 }
  const azure = await AzureSim.start({ regeneration })
  setDefaultCACertificates([...getCACertificates('default'), azure.ca])
  const coordinator = await startCoordinator(azure, folder)
  try {
    const report = await measure(azure, coordinator)
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : table(report))
    return report.met ? 0 : 1
  } finally {
    await coordinator.stop()
    await azure.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()
