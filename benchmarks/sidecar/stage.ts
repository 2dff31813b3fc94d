// What a measurement stands on: a folder, an account, a coordinator's wire, a vault that answers in
// 20 ms, and the sidecar as it is installed: the built command, not the sources.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SecretClient } from '@azure/keyvault-secrets'
import { AzureSim } from '@keyturn/azure-sim'
import { type KeysetDocument, keysetContentType } from '@keyturn/protocol'
import { Announcer } from './announcer.ts'
import { Cosmos } from './cosmos.ts'
import { Measured } from './measured.ts'
import { Mount } from './mount.ts'

export const vaultMs = 20

const command = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const secretName = 'cosmos-keyset'

interface Stoppable {
  stop(): Promise<unknown>
}

export interface SidecarPlace {
  readonly process: Measured
  readonly socket: string
}

/** Where a sidecar takes its keysets from, and what tells it of a new one. */
export interface Feed {
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly preload: readonly string[]
  put(keyset: KeysetDocument): Promise<void>
}

export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
  readonly #running: Stoppable[] = []

  /** Ends with the stage, the last one first. */
  keep<Kept extends Stoppable>(kept: Kept): Kept {
    this.#running.push(kept)
    return kept
  }

  async cosmos(): Promise<Cosmos> {
    return this.keep(await Cosmos.start())
  }

  async announcer(): Promise<Announcer> {
    return this.keep(await Announcer.start())
  }

  mount(): Mount {
    return new Mount(join(this.folder, 'keys'))
  }

  /** A vault over TLS that answers each call after 20 ms, and the sidecar's identity for it. */
  async vault(): Promise<Feed> {
    const weather = { vault: { slowRate: 1, slowMs: vaultMs } }
    const azure = this.keep(await AzureSim.start({ weather }))
    const caFile = join(this.folder, 'ca.pem')
    writeFileSync(caFile, azure.ca)
    const client = new SecretClient(azure.vaultUrl, azure.credential, {
      disableChallengeResourceVerification: true,
      tlsOptions: { ca: azure.ca },
    })
    return {
      args: ['--vault', azure.vaultUrl, '--secret', secretName],
      env: { ...azure.environment('reader'), NODE_EXTRA_CA_CERTS: caFile },
      preload: [],
      put: async keyset => {
        const content = JSON.stringify(keyset)
        await client.setSecret(secretName, content, { contentType: keysetContentType })
      },
    }
  }

  /** The same for a mounted directory. */
  feedOf(mount: Mount): Feed {
    return {
      args: ['--directory', mount.path],
      env: {},
      preload: [],
      put: async keyset => mount.put(keyset),
    }
  }

  /** A `keyturn sidecar` that reports to the coordinator; settles once it listens. */
  async sidecar(feed: Feed, { url }: Announcer): Promise<SidecarPlace> {
    const socket = join(this.folder, 'keyturn.sock')
    const tokenFile = join(this.folder, 'member.token')
    writeFileSync(tokenFile, 'a-token-of-the-benchmark')
    const process = this.keep(
      new Measured(
        [
          ...feed.preload,
          ...[command, 'sidecar', '--name', 'bench-1', '--socket', socket],
          ...['--state', join(this.folder, 'state')],
          ...['--coordinator', url, '--token-file', tokenFile],
          ...feed.args,
        ],
        feed.env,
      ),
    )
    await process.printed('"event":"listening"')
    return { process, socket }
  }

  async strike(): Promise<void> {
    for (const each of this.#running.reverse()) await each.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Everything that was begun ends, whatever comes. */
export const onStage = async <Figures>(
  measure: (stage: Stage) => Promise<Figures>,
): Promise<Figures> => {
  const stage = new Stage()
  try {
    return await measure(stage)
  } finally {
    await stage.strike()
  }
}
