import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AzureSim, AzureSimOptions } from '@keyturn/azure-sim'
import { Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { type Host, say, untilAskedToEnd } from '../host.ts'
import { readConfiguration } from '../read-file.ts'

interface Options {
  readonly seed?: number
  readonly options?: string
  readonly caFile?: string
  readonly variables?: string
  readonly json?: boolean
}

/** A seed as every command takes it. */
export const parseSeed = (text: string): number => {
  const seed = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw new InvalidArgumentError('A seed is a whole number from 0 to 2^53 − 1.')
  }
  return seed
}

export const azureSimCommand = (host: Host): Command =>
  new Command('azure-sim')
    .option('--seed <number>', 'draws all weather; printed where it is not given', parseSeed)
    .option('--options <path>', 'a JSON file of AzureSimOptions: regions, ports, weather, …')
    .option('--ca-file <path>', 'write the certificate authority there, for NODE_EXTRA_CA_CERTS')
    .option('--variables <path>', 'write what the other commands need there, as variables')
    .option('--json', 'print everything that a client needs as one JSON line')
    .addHelpText('after', '\nExample:\n  keyturn azure-sim --seed 7 --ca-file ca.pem')
    .action(async (options: Options) => {
      const given = options.options
        ? readConfiguration(options.options, z.record(z.string(), z.unknown()))
        : {}
      const { AzureSim } = await import('@keyturn/azure-sim')
      const sim = await AzureSim.start({
        ...(given as AzureSimOptions),
        ...(options.seed === undefined ? {} : { seed: options.seed }),
      })
      try {
        if (options.caFile !== undefined) writeFileSync(options.caFile, sim.ca)
        if (options.variables !== undefined) writeVariables(sim, options.variables, options.caFile)
        if (options.json) say(host, JSON.stringify(sim.describe()))
        else tell(host, sim, options.caFile)
        await untilAskedToEnd(host.signal)
      } finally {
        await sim.stop()
      }
    })

/** For a shell, or for `node --env-file`: whom to ask, as whom, and whom to trust. */
const writeVariables = (sim: AzureSim, path: string, caFile: string | undefined): void => {
  const variables = {
    ...sim.environment('operator'),
    ...(caFile === undefined ? {} : { NODE_EXTRA_CA_CERTS: resolve(caFile) }),
    COSMOS_ENDPOINT: sim.endpoint,
    COSMOS_ACCOUNT_ID: sim.accountId,
    ARM_ENDPOINT: sim.armEndpoint,
    KEY_VAULT_URL: sim.vaultUrl,
  }
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(path, lines.join(''), { mode: 0o600 })
}

const tell = (host: Host, sim: AzureSim, caFile: string | undefined): void => {
  const { regions, armEndpoint, vaultUrl, authorityHost, accountId } = sim.describe()
  say(host, `azure-sim runs with seed ${sim.seed}`)
  say(host, `  account    ${sim.endpoint}  ${accountId}`)
  for (const { name, endpoint, writable } of regions) {
    say(host, `  region     ${endpoint}  ${name}${writable ? ', written to' : ''}`)
  }
  say(host, `  ARM        ${armEndpoint}`)
  say(host, `  Key Vault  ${vaultUrl}`)
  say(host, `  Entra      ${authorityHost}`)
  if (caFile !== undefined) say(host, `  NODE_EXTRA_CA_CERTS=${caFile}`)
  for (const [name, value] of Object.entries(sim.environment('operator'))) {
    say(host, `  ${name}=${value}`)
  }
}
