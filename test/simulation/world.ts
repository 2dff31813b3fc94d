import { defaultEmergencyLimits, type JournalEvent, type Policy } from '@keyturn/core'
import type { Logger } from 'pino'
import type { Platform } from '../../packages/coordinator/src/ports.ts'
import { SqliteStore } from '../../packages/coordinator/src/store/sqlite.ts'
import { AzureAccount } from './azure/account.ts'
import { DataPlane } from './azure/data-plane.ts'
import { AzureVault } from './azure/vault.ts'
import { AzureWeather } from './azure/weather.ts'
import { Checker } from './checker.ts'
import { SimCoordinator, type Store } from './fleet/coordinator.ts'
import { MemoryStore, SharedMemory } from './fleet/memory-store.ts'
import { type PodPlan, SimPod } from './fleet/pod.ts'
import { ReportWeather } from './fleet/report-weather.ts'
import { watched } from './fleet/watched-store.ts'
import { type Settings, settingsFor } from './settings.ts'
import { Chance } from './time/chance.ts'
import type { SimProcess } from './time/process.ts'
import { Timeline } from './time/timeline.ts'
import { Trace } from './trace.ts'

export interface WorldOptions {
  readonly seed: number
  /** How many lines of the trace are kept. */
  readonly keep?: number
  readonly isVerbose?: boolean
  readonly change?: Partial<Settings>
  /** Only these kinds of strikes, and many of them: for whoever looks for one thing. */
  readonly only?: readonly string[] | undefined
  /** What a coordinator's process asks who is expected and who is dead. */
  readonly platform?: (process: SimProcess, log: Logger) => Platform
  readonly policy?: Partial<Policy>
}

let worlds = 0

/** Everything there is, and the ways between. */
export class World {
  readonly timeline = new Timeline()
  readonly chance: Chance
  readonly settings: Settings
  readonly trace: Trace
  readonly account: AzureAccount
  readonly data: DataPlane
  readonly vault = new AzureVault()
  readonly weather = new AzureWeather()
  readonly reports: ReportWeather
  readonly checker: Checker
  readonly policy: Policy
  readonly platform: WorldOptions['platform'] | null
  /** The only kinds of strikes; `null`: whatever the seed draws. */
  readonly only: readonly string[] | null
  readonly pods: SimPod[] = []
  readonly coordinators: SimCoordinator[] = []
  /** Names of the sidecars' processes that are no more. */
  readonly deadProcesses = new Set<string>()
  /** How far the clock of the coordinators' machine is off, in ms. */
  coordinatorWallOffset = 0
  /** Told of every event of the journal. */
  onJournal: (type: string, phase: string | null, event: JournalEvent) => void = () => {}
  readonly #shared = new SharedMemory()
  readonly #database: string
  readonly #onVault = new Set<() => void>()

  constructor(options: WorldOptions) {
    const { seed, keep = 100, isVerbose = false, change = {}, only, platform, policy } = options
    this.platform = platform ?? null
    this.only = only ?? null
    this.chance = new Chance(seed)
    this.settings = { ...settingsFor(this.chance.of('settings')), ...change }
    this.trace = new Trace(this.timeline, keep, isVerbose)
    this.reports = new ReportWeather(this.timeline)
    const { regions, regenerationMs, regionLagMs, members, limits } = this.settings
    const mood = { regenerationMs, fails: false, failsWithEffect: false, lagMs: regionLagMs }
    this.account = new AzureAccount(this.timeline, this.chance.of('azure'), regions, mood)
    this.data = new DataPlane(this.account, this.timeline)
    this.checker = new Checker(this)
    this.account.onArrival = operation => {
      this.trace.tell('ARM', `begins to regenerate ${operation.slot} for a ${operation.by}`)
      this.checker.arrives(operation)
    }
    this.account.onEffect = operation => {
      this.trace.tell('ARM', `the ${operation.slot} key changes`)
      this.checker.takesEffect(operation)
    }
    this.policy = {
      limits,
      fleet: { is: 'members', names: Array.from({ length: members }, (_, i) => `pod-${i + 1}`) },
      evidence: { is: 'none', acceptedBy: 'the simulation', reason: 'there are no strays' },
      // Whoever lives has been heard before anybody is passed over.
      emergency: { ...defaultEmergencyLimits, deadlineMs: limits.reportAgeMsMax * 1.5 },
      ...policy,
    }
    worlds += 1
    this.#database = `file:simulation-${worlds}?mode=memory&cache=shared`
  }

  openStore(wallNow: () => number, who: () => SimCoordinator | undefined): Store {
    const store = this.settings.sqlite
      ? new SqliteStore(this.#database, wallNow)
      : new MemoryStore(this.#shared, wallNow)
    return watched(store, this, who)
  }

  addPod(plan: PodPlan): SimPod {
    this.trace.tell(plan.label, `starts${plan.label === plan.name ? '' : ` as ${plan.name}`}`)
    const pod = new SimPod(this, plan)
    this.pods.push(pod)
    return pod
  }

  startCoordinator(): SimCoordinator {
    const coordinator = new SimCoordinator(this, `coordinator-${this.coordinators.length + 1}`)
    this.coordinators.push(coordinator)
    return coordinator
  }

  /** Whoever answers at the service's address; `null`: nobody. */
  coordinatorThatAnswers(chance: Chance): SimCoordinator | null {
    return chance.maybe(this.coordinators.filter(({ isUp }) => isUp)) ?? null
  }

  /** Whoever took the lead last; whoever was deposed never leads again. */
  get leader(): SimCoordinator | null {
    const newest = this.coordinators.at(-1)
    return newest?.isUp ? newest : null
  }

  /** Calls back after each write to the vault, until the returned function is called. */
  followVault(follower: () => void): () => void {
    this.#onVault.add(follower)
    return () => this.#onVault.delete(follower)
  }

  onVaultWritten(): void {
    for (const follower of [...this.#onVault]) follower()
  }
}
