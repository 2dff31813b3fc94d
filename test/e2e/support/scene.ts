import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountStatus } from '@keyturn/protocol'
import type { Test } from 'tap'
import type { AzureByHand, KeyValues } from '../../../packages/cli/src/demo/azure.ts'
import { Child } from '../../../packages/cli/src/demo/child.ts'
import { Crew } from '../../../packages/cli/src/demo/load/crew.ts'
import type { ApplicationResult } from '../../../packages/cli/src/demo/load/messages.ts'
import { seedDocuments } from '../../../packages/cli/src/demo/seed-documents.ts'
import {
  type Coordinating,
  type CoordinatorSettings,
  Stage,
} from '../../../packages/cli/src/demo/stage.ts'
import { restartablePort } from '../../support/process/ports.ts'

// What tap adds to a test's own process is nothing for the processes of the stage.
process.execArgv = process.execArgv.filter(flag => !flag.startsWith('--import='))

type Limits = NonNullable<CoordinatorSettings['limits']>

/** Larger than any test lasts, in the unit of whichever limit it is given to. */
export const never = 1_000_000_000

/** Seconds where production has minutes. No sidecar starts while a rotation runs. */
export const quick: Limits = {
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

export const regeneration = { durationMs: [500, 1_000], spreadMs: 300, gapMs: 200, overlapMs: 200 }

const workers = 4
/** Light: so many workers at full speed would leave no processor to anybody else. */
const thinkMs = 100
const names = ['one', 'two']
const stuckAfterMs = 180_000

/** An Azure, a coordinator that dies and comes back, two sidecars and two applications under load. */
export class Scene {
  readonly stage: Stage
  readonly hand: AzureByHand
  readonly old: KeyValues
  readonly sidecars: Child[] = []
  readonly applications: Child[] = []
  /** Of the sidecars, by the member's name. */
  readonly sockets = new Map<string, string>()
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
    await killed(this.#running.child)
    this.#coordinating = null
  }

  /** Also again after its death: the same socket, and the same state. */
  async startSidecar(name: string): Promise<Child> {
    const { child, socket } = await this.stage.startSidecar(name, this.hand, this.#running)
    this.sockets.set(name, socket)
    return child
  }

  /**
   * A sidecar that nobody planned for, as one that was started by hand: its own socket and state,
   * the name and the source that it is given.
   */
  startStranger(
    t: Test,
    name: string,
    source: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Child {
    const { url, memberTokenFile } = this.#running
    const own = `stranger-${name}`
    const socket = join(this.stage.directory, `${own}.sock`)
    this.sockets.set(own, socket)
    const child = Child.command({
      name: own,
      logDirectory: this.stage.directory,
      env,
      args: [
        ...['sidecar', '--name', name, '--socket', socket, ...source],
        ...['--state', join(this.stage.directory, own)],
        ...['--coordinator', url, '--token-file', memberTokenFile],
        ...['--join-wait-ms', '60000', '--hold-ms', '1000'],
      ],
    })
    t.teardown(() => child.stop())
    return child
  }

  /** An application more, beside the sidecar of this name and under load; no part of the count. */
  async startVisitor(name: string): Promise<Child> {
    const visitor = `visitor-${name}`
    const { endpoint } = this.hand.azure
    const { primary } = await this.hand.keys()
    await seedDocuments(endpoint, primary, [`${visitor}.0`])
    const keys = this.#keysBeside(name)
    const options = { name: visitor, endpoint, keys, workers: 1, thinkMs }
    const child = await this.stage.application(this.hand, options)
    child.send({ say: 'go' })
    return child
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
        this.sidecars.push(await this.startSidecar(name))
        return this.stage.application(this.hand, {
          name: `application-${name}`,
          endpoint,
          keys: this.#keysBeside(name),
          workers,
          thinkMs,
        })
      }),
    )
    this.applications.push(...applications)
    this.#crew = new Crew(applications)
    this.#results = this.#crew.results()
    this.#results.catch(() => undefined)
    this.#crew.go()
  }

  #keysBeside(name: string) {
    const socket = this.sockets.get(name)
    if (socket === undefined) throw new Error(`No sidecar ${name} was started.`)
    return { is: 'keyturn', socket } as const
  }

  get #running(): Coordinating {
    if (!this.#coordinating) throw new Error('The coordinator does not run.')
    return this.#coordinating
  }
}

/** `kill -9`, and settles once the process is no more. */
export const killed = async (child: Child): Promise<void> => {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
