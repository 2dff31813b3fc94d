import { setTimeout as sleep } from 'node:timers/promises'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import { keyVault } from '@keyturn/keyring'
import { Sidecar } from '@keyturn/sidecar'
import { azureCredential } from '../../../packages/cli/src/credential.ts'
import {
  containerName,
  databaseName,
  ownDocument,
} from '../../../packages/cli/src/demo/load/operations.ts'
import { readToken } from '../../../packages/cli/src/read-file.ts'

/** How an application that embeds its sidecar is started, as JSON in the first argument. */
export interface EmbeddingOptions {
  readonly name: string
  readonly endpoint: string
  readonly vaultUrl: string
  readonly secretName: string
  readonly stateDirectory: string
  readonly coordinator: string
  readonly tokenFile: string
}

/** What it says, over IPC. */
export interface Told {
  readonly operations: number
  readonly failures: readonly string[]
  readonly ended: boolean
}

const options = JSON.parse(process.argv[2] ?? '{}') as EmbeddingOptions
const workers = 4
const thinkMs = 50

const own = new Sidecar({
  name: options.name,
  source: keyVault({
    vaultUrl: options.vaultUrl,
    secretName: options.secretName,
    credential: await azureCredential(process.env),
  }),
  socket: null,
  stateDirectory: options.stateDirectory,
  coordinator: { url: options.coordinator, token: () => readToken(options.tokenFile) },
  joinWaitMs: 30_000,
  holdMs: 1_000,
})
await own.start()
const client = new ResilientCosmosClient({ endpoint: options.endpoint, keys: own.keys() })
const items = client.database(databaseName).container(containerName)

const failures: string[] = []
let operations = 0
const tell = (ended: boolean): void => void process.send?.({ operations, failures, ended })

const stop = new AbortController()
const work = async (): Promise<void> => {
  const { id, pk } = ownDocument(options.name)
  while (!stop.signal.aborted) {
    try {
      await items.item(id, pk).read()
      operations += 1
    } catch (error) {
      const code = String(Reflect.get(Object(error), 'code'))
      // Until the member has joined there is no key yet: an application that is not ready waits.
      if (code !== 'KEYS_UNAVAILABLE' || operations > 0) failures.push(code)
    }
    await sleep(thinkMs)
  }
}

process.on('message', () => stop.abort())
const ticking = setInterval(() => tell(false), 200)
await Promise.all(Array.from({ length: workers }, work))
clearInterval(ticking)
await client.close()
await own.stop()
tell(true)
process.disconnect()
