import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountStatus } from '@keyturn/protocol'
import type { Test } from 'tap'
import type { AzureByHand, KeyValues } from '../../../packages/cli/src/demo/azure.ts'
import type { Child } from '../../../packages/cli/src/demo/child.ts'
import { Crew } from '../../../packages/cli/src/demo/load/crew.ts'
import type { ApplicationResult } from '../../../packages/cli/src/demo/load/messages.ts'
import { seedDocuments } from '../../../packages/cli/src/demo/seed-documents.ts'
import {
  type Coordinating,
  type CoordinatorSettings,
  Stage,
} from '../../../packages/cli/src/demo/stage.ts'
import { restartablePort } from './ports.ts'

// What tap adds to a test's own process is nothing for the processes of the stage.
process.execArgv = process.execArgv.filter(flag => !flag.startsWith('--import='))

type Limits = NonNullable<CoordinatorSettings['limits']>

/** Larger than any test lasts, in the unit of whichever limit it is given to. */
export const never = 1_000_000_000

/** Seconds where production has minutes. No sidecar starts while a rotation runs. */
const quick: Limits = {
  reportAgeMsMax: 190_000,
  fleetSettleMs: 500,
  armPollMs: 100,
  attemptBackoffMs: 200,
  probesMin: 3,
  probeSpanMs: 500,
  probeEveryMs: 100,
  bakeMs: 500,
  quietMs: 300,
}

const regeneration = { durationMs: [500, 1_000], spreadMs: 300, gapMs: 200, overlapMs: 200 }

const workers = 4
/** Light: so many workers at full speed would leave no processor to anybody else. */
const thinkMs = 100
const names = ['one', 'two']
const stuckAfterMs = 90_000

/** An Azure, a coordinator that dies and comes back, two sidecars and two applications under load. */
export class Scene {
  readonly stage: Stage
  readonly hand: AzureByHand
  readonly old: KeyValues
  readonly sidecars: Child[] = []
  #coordinating: Coordinating | null = null
  #results: Promise<readonly ApplicationResult[]> | null = null
  #crew: Crew | null = null
  readonly #port: number

  private constructor(stage: Stage, hand: AzureByHand, old: KeyValues, port: number) {
    this.stage = stage
    this.hand = hand
    this.old = old
    this.#port = port
  }

  /** Everything runs, and the load with it; the coordinator with these limits. */
  static async open(t: Test, limits: Limits): Promise<Scene> {
    const stage = new Stage(null)
    t.teardown(() => stage.strike())
    const hand = await stage.azure(1, false)
    await hand.control('/regeneration', regeneration)
    const old = await hand.keys()
    const workerNames = names.flatMap(name =>
      Array.from({ length: workers }, (_, index) => `application-${name}.${index}`),
    )
    await seedDocuments(hand.azure.endpoint, old.primary, workerNames)
    const scene = new Scene(stage, hand, old, await restartablePort())
    await scene.startCoordinator(limits)
    await scene.operators.verb({ verb: 'adopt' })
    await scene.until('adopted', ({ published }) => published?.confirmed === true)
    await scene.#startLoad()
    while (scene.operations === 0) await sleep(20)
    return scene
  }

  get operators(): Coordinating['operators'] {
    return this.#running.operators
  }

  /** The same data directory and the same port each time. */
  async startCoordinator(limits: Limits = {}): Promise<void> {
    this.#coordinating = await this.stage.coordinator(this.hand, {
      port: this.#port,
      members: names,
      limits: { ...quick, ...limits },
    })
  }

  /** `kill -9`. */
  async killCoordinator(): Promise<void> {
    const { child } = this.#running
    const ended = new Promise(resolve => child.once('exit', () => resolve(undefined)))
    child.kill('SIGKILL')
    await ended
    this.#coordinating = null
  }

  /** Asks the coordinator's API until it answers as wanted. */
  async until(what: string, is: (status: AccountStatus) => boolean): Promise<AccountStatus> {
    const until = performance.now() + stuckAfterMs
    for (;;) {
      const status = await this.operators.status()
      if (is(status)) return status
      if (performance.now() > until) {
        const { rotation, blockers, published } = status
        throw new Error(`not ${what}: ${JSON.stringify({ rotation, blockers, published })}`)
      }
      await sleep(20)
    }
  }

  /** How many calls ARM has taken, as far as the coordinator knows, over all its lives. */
  get accepted(): number {
    return this.#countLogged('regenerate-accepted')
  }

  /** Waits until the coordinator, over all its lives, has logged the event. */
  async logged(event: string): Promise<void> {
    while (this.#countLogged(event) === 0) await sleep(20)
  }

  #countLogged(event: string): number {
    const text = readFileSync(join(this.stage.directory, 'coordinator.log'), 'utf8')
    return text.split(`"event":"${event}"`).length - 1
  }

  /** Ends the load, and says how it went. */
  async endLoad(): Promise<readonly ApplicationResult[]> {
    this.#crew?.stop()
    return (await this.#results) ?? []
  }

  get operations(): number {
    return this.#crew?.progress.operations ?? 0
  }

  async #startLoad(): Promise<void> {
    const { endpoint } = this.hand.azure
    const applications = await Promise.all(
      names.map(async name => {
        const sidecar = await this.stage.startSidecar(name, this.hand, this.#running)
        this.sidecars.push(sidecar.child)
        return this.stage.application(this.hand, {
          name: `application-${name}`,
          endpoint,
          keys: { is: 'keyturn', socket: sidecar.socket },
          workers,
          thinkMs,
        })
      }),
    )
    this.#crew = new Crew(applications)
    this.#results = this.#crew.results()
    this.#results.catch(() => undefined)
    this.#crew.go()
  }

  get #running(): Coordinating {
    if (!this.#coordinating) throw new Error('The coordinator does not run.')
    return this.#coordinating
  }
}
