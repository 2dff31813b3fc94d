// What every example stands on, so that the examples themselves are only what a reader would copy: an
// embedded Azure, a coordinator with spans of milliseconds, and a database of books and orders.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CosmosClient } from '@azure/cosmos'
import type { AccountStatus } from '@keyturn/protocol'
import type { AzureByHand, KeyValues } from '../../packages/cli/src/demo/azure.ts'
import { oldKeysRefused } from '../../packages/cli/src/demo/old-keys.ts'
import {
  type Coordinating,
  type CoordinatorSettings,
  Stage,
} from '../../packages/cli/src/demo/stage.ts'

/** Milliseconds where production has minutes; the rules are the same. */
const limits = {
  fleetSettleMs: 500,
  armPollMs: 100,
  attemptBackoffMs: 200,
  probesMin: 3,
  probeSpanMs: 300,
  probeEveryMs: 100,
  bakeMs: 500,
  quietMs: 300,
}
const regeneration = { durationMs: [300, 600], spreadMs: 100, gapMs: 0, overlapMs: 100 }

export const memberName = 'orders-1'
const books = 20
const stuckAfterMs = 120_000
const lookMs = 50

/** For whom no sidecar reports: somebody has to say so. */
export const nobodyReports = {
  is: 'none',
  acceptedBy: 'the example',
  reason: 'its application has no sidecar',
} as const

export class Place {
  readonly stage: Stage
  readonly #hand: AzureByHand
  readonly #old: KeyValues
  readonly #coordinating: Coordinating

  private constructor(stage: Stage, hand: AzureByHand, old: KeyValues, coordinating: Coordinating) {
    this.stage = stage
    this.#hand = hand
    this.#old = old
    this.#coordinating = coordinating
  }

  static async open(fleet?: CoordinatorSettings['fleet']): Promise<Place> {
    const stage = new Stage(null)
    try {
      const hand = await stage.azure(1, false)
      await hand.control('/regeneration', regeneration)
      const old = await hand.keys()
      await stock(hand.azure.endpoint, old.primary)
      const members = [memberName]
      const settings = { limits, members, ...(fleet === undefined ? {} : { fleet }) }
      const coordinating = await stage.coordinator(hand, settings)
      const place = new Place(stage, hand, old, coordinating)
      await coordinating.operators.verb({ verb: 'adopt' })
      await place.#until(({ published }) => published?.confirmed === true)
      return place
    } catch (error) {
      await stage.strike()
      throw error
    }
  }

  get endpoint(): string {
    return this.#hand.azure.endpoint
  }

  /** What a deployment would set: where things are, and who an application is in Azure. */
  get environment(): Readonly<Record<string, string>> {
    const { azure } = this.#hand
    const ca = join(this.stage.directory, 'ca.pem')
    return {
      COSMOS_ENDPOINT: azure.endpoint,
      COSMOS_CA: ca,
      NODE_EXTRA_CA_CERTS: ca,
      KEY_VAULT_URL: azure.vaultUrl,
      AZURE_TENANT_ID: azure.tenantId,
      AZURE_CLIENT_ID: azure.principals['reader']?.clientId ?? '',
      AZURE_CLIENT_SECRET: azure.principals['reader']?.clientSecret ?? '',
      AZURE_AUTHORITY_HOST: azure.authorityHost,
      KEYTURN_COORDINATOR: this.#coordinating.url,
      KEYTURN_TOKEN_FILE: this.#coordinating.memberTokenFile,
      STATE_DIRECTORY: join(this.stage.directory, 'state'),
    }
  }

  /** A `keyturn sidecar`, perhaps with more settings than where its keys and its coordinator are. */
  async sidecar(settings: readonly string[] = []): Promise<string> {
    const { socket } = await this.stage.startSidecar(
      memberName,
      this.#hand,
      this.#coordinating,
      settings,
    )
    return socket
  }

  /** Both keys, as an operator would have it done. */
  async turn(say: (sentence: string) => void): Promise<void> {
    await this.#coordinating.operators.verb({ verb: 'rotate', reason: 'the example' })
    let phase = ''
    const { rotation } = await this.#until(({ rotation: now }) => {
      if (now !== null && now.phase !== phase) say(`  ${now.phase}`)
      phase = now?.phase ?? ''
      return now?.status === 'completed' || now?.status === 'reverted'
    })
    if (rotation?.status !== 'completed') throw new Error('The rotation was reverted.')
    if (!(await oldKeysRefused(this.#hand, this.#old))) throw new Error('An old key still works.')
  }

  /** Settles once the file is there. */
  appears(file: string): Promise<void> {
    return this.until(() => existsSync(file))
  }

  /** @throws Error where it does not come true. */
  async until(holds: () => boolean): Promise<void> {
    for (const over = performance.now() + stuckAfterMs; !holds(); await sleep(lookMs)) {
      if (performance.now() > over) throw new Error('What the example waits for did not happen.')
    }
  }

  async close(): Promise<void> {
    await this.stage.strike()
  }

  async #until(holds: (status: AccountStatus) => boolean): Promise<AccountStatus> {
    for (const over = performance.now() + stuckAfterMs; ; await sleep(lookMs)) {
      const status = await this.#coordinating.operators.status()
      if (holds(status)) return status
      if (performance.now() > over) {
        throw new Error(status.blockers.map(({ sentence }) => sentence).join(' '))
      }
    }
  }
}

const stock = async (endpoint: string, key: string): Promise<void> => {
  const client = new CosmosClient({ endpoint, key })
  try {
    const { database } = await client.databases.createIfNotExists({ id: 'shop' })
    const partitionKey = { paths: ['/pk'] }
    for (const id of ['books', 'orders']) {
      await database.containers.createIfNotExists({ id, partitionKey })
    }
    const shelf = database.container('books')
    for (let nth = 0; nth < books; nth++) {
      await shelf.items.upsert({ id: `book-${nth}`, pk: 'catalogue', title: `Volume ${nth}` })
    }
  } finally {
    client.dispose()
  }
}
