import type { Fingerprint } from '@keyturn/core'
import { files, keyVault, type Source, type Volume } from '@keyturn/keyring'
import { Sidecar } from '@keyturn/sidecar'
import { SidecarError } from '../../../packages/sidecar/src/error.ts'
import type { LocalDesk } from '../../../packages/sidecar/src/local/desk.ts'
import type { Log } from '../../../packages/sidecar/src/log.ts'
import { parseDurable, printDurable } from '../../../packages/sidecar/src/state/durable-schema.ts'
import type { SidecarPorts } from '../../../packages/sidecar/src/world.ts'
import { AzureError, asking, never } from '../azure/ports.ts'
import { SimProcess } from '../time/process.ts'
import type { World } from '../world.ts'
import { SimClient } from './client.ts'
import type { PodPlan } from './pod-plan.ts'
import { reportLine } from './report-line.ts'

export type { PodPlan } from './pod-plan.ts'

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} }

/** A sidecar's directory; another one once it is lost. */
export interface SimDisk {
  text: string | null
}

/** A pod: a sidecar and its applications, with what they share: a disk and a socket directory. */
export class SimPod {
  readonly plan: PodPlan
  readonly clients: SimClient[] = []
  readonly presence = new Map<string, SimProcess>()
  process: SimProcess
  /** Whether the coordinator has recorded it as joined, and nobody took it out since. */
  bound = false
  /** Whether it handed out keysets with no coordinator having answered: then P9 excuses it. */
  servedOutside = false
  /** The machine is gone, and all that was on it. */
  isLost = false
  disk: SimDisk = { text: null }
  leaving = false
  diskFullUntil = 0
  vaultCutUntil = 0
  azureCutUntil = 0
  /** Probes of its own, sent and not answered yet. */
  #probing = new Map<Fingerprint, number>()
  sidecar: Sidecar
  #desk: LocalDesk | null = null
  #starts = 0
  #clientSerial = 0
  readonly #world: World

  constructor(world: World, plan: PodPlan) {
    this.#world = world
    this.plan = plan
    this.process = this.#newProcess()
    this.sidecar = this.#startSidecar()
    for (let index = 0; index < plan.clients; index += 1) this.startClient()
  }

  get label(): string {
    return this.plan.label
  }

  /** Whether its sidecar runs, or will again. */
  get isUp(): boolean {
    return !this.isLost && !this.leaving
  }

  listener() {
    const { process } = this
    return this.#desk !== null && process.alive ? { process, desk: this.#desk } : null
  }

  /** The sidecar's process dies; its applications live on. */
  killSidecar(): void {
    this.process.kill()
    this.#desk = null
  }

  /** Starts it again on what is on its disk. */
  restartSidecar(): void {
    if (this.isLost || this.leaving) return
    this.killSidecar()
    this.process = this.#newProcess()
    this.sidecar = this.#startSidecar()
  }

  /** Its directory is gone: the sidecar starts as somebody new of the same name. */
  loseDisk(): void {
    this.#world.checker.loses(this)
    this.disk = { text: null }
    this.restartSidecar()
  }

  startClient(): SimClient {
    const { chance, settings } = this.#world
    this.#clientSerial += 1
    const name = `${this.label}-app-${this.#clientSerial}`
    const paces = [settings.paceMs, settings.paceMs, 8 * settings.paceMs, 0]
    const client = new SimClient(this.#world, this, name, chance.of(name).pick(paces))
    this.clients.push(client)
    return client
  }

  get name(): string {
    return this.plan.name
  }

  /** The machine goes away with everything on it; nobody is there to say so. */
  lose(): void {
    this.isLost = true
    this.killSidecar()
    for (const { process } of this.clients) process.kill()
  }

  /** Scale-in: applications end first, then the sidecar, as a native sidecar does. */
  async leave(): Promise<void> {
    if (this.leaving || this.isLost) return
    this.leaving = true
    await Promise.all(this.clients.filter(({ process }) => process.alive).map(one => one.close()))
    const { process } = this
    const { promise, resolve } = Promise.withResolvers<void>()
    process.whenDead(resolve)
    process.deliver(() => void this.sidecar.stop().then(() => process.kill()))
    if (process.alive) await promise
    this.#desk = null
  }

  canUse(fingerprint: Fingerprint): boolean {
    return this.process.alive && (this.#probing.get(fingerprint) ?? 0) > 0
  }

  #newProcess(): SimProcess {
    this.#starts += 1
    const name = `${this.label}#${this.#starts}`
    const process = new SimProcess(this.#world.timeline, name, this.#world.chance.of(name))
    this.#probing = new Map()
    process.whenDead(() => this.#world.deadProcesses.add(name))
    return process
  }

  #startSidecar(): Sidecar {
    const { process } = this
    const { settings, trace } = this.#world
    const sidecar = new Sidecar(
      {
        name: this.plan.name,
        source: this.#source(process),
        socket: `/run/${this.label}/keyturn.sock`,
        joinWaitMs: settings.joinWaitMs,
        holdMs: settings.holdMs,
        ...(this.plan.pod ? { pod: this.plan.pod } : {}),
        log: this.#log(process.name),
      },
      this.#ports(process),
    )
    sidecar.start().catch(error => {
      trace.tell(process.name, `did not start: ${error instanceof Error ? error.message : '?'}`)
      process.kill()
    })
    return sidecar
  }

  #log(name: string): Log {
    const { trace, checker } = this.#world
    const tell = (fact: unknown): void => {
      const event = typeof fact === 'object' && fact !== null ? Reflect.get(fact, 'event') : null
      if (event === 'outside-guarantee') checker.servesOutside(this)
      if (trace.isVerbose) trace.log(name, JSON.stringify(fact).slice(0, 400))
    }
    return { ...silent, info: tell, warn: tell, error: tell }
  }

  #source(process: SimProcess): Source {
    const { vault, timeline, weather, settings } = this.#world
    const { mountLagMs } = this.plan
    const shared = { clock: process.clock, chance: process.chance.next, pollMs: settings.pollMs }
    if (mountLagMs === null) {
      const client = {
        getSecret: (_name: string, { abortSignal }: { readonly abortSignal: AbortSignal }) =>
          asking(process, { withinMs: 60_000, signal: abortSignal }, () => {
            const { now } = timeline
            if (now < this.vaultCutUntil) return never
            if (now < weather.vaultDownUntil) throw new AzureError('ServiceUnavailable', 503)
            const { latest } = vault
            if (latest === null) throw new AzureError('SecretNotFound', 404)
            return { value: latest.text, properties: { version: latest.id } }
          }),
      }
      return keyVault({ vaultUrl: 'https://v.vault.azure.net', secretName: 'k', client, ...shared })
    }
    return files({
      directory: '/mnt/keys',
      stalenessMsMax: mountLagMs,
      volume: this.#volume(process, mountLagMs),
      ...shared,
    })
  }

  /** A mount that shows what the vault said a while ago, and says when that changes. */
  #volume(process: SimProcess, lagMs: number): Volume {
    const world = this.#world
    return {
      read: () =>
        asking(
          process,
          { withinMs: 10_000 },
          () => {
            const seen = world.vault.asOf(world.timeline.now - lagMs)
            return [['keyset.json', seen?.text ?? null]] as const satisfies [
              string,
              string | null,
            ][]
          },
          () => 1,
        ),
      watch: async onChange => {
        const unfollow = world.followVault(() => process.after(lagMs, onChange))
        return async () => unfollow()
      },
    }
  }

  #ports(process: SimProcess): SidecarPorts {
    const world = this.#world
    return {
      clock: process.clock,
      chance: process.chance.next,
      newId: () => `${process.name}-${process.chance.int(1e8, 1e9)}`,
      disk: this.plan.durable ? this.#durableDisk(process) : null,
      presence: {
        check: async id => {
          await process.clock.sleep(1)
          const found = this.presence.get(id)
          if (found === undefined) return 'unknown'
          return found.alive ? 'alive' : 'dead'
        },
        forget: async id => void this.presence.delete(id),
      },
      readAccount: (endpoint, { signature, date }) =>
        this.#probe(process, endpoint, signature, date),
      coordinator: reportLine(world, this, process),
      listen: async desk => {
        this.#desk = desk
        return {
          close: async () => {
            if (this.#desk === desk) this.#desk = null
          },
        }
      },
      sourceLookMs: 3_600_000,
    }
  }

  #durableDisk(process: SimProcess): SidecarPorts['disk'] {
    const { timeline } = this.#world
    const wait = (): Promise<void> => process.clock.sleep(process.chance.int(1, 10))
    return {
      load: async () => {
        await wait()
        const { text } = this.disk
        return text === null ? { is: 'absent' } : { is: 'state', state: parseDurable(text) }
      },
      save: async state => {
        await wait()
        if (timeline.now < this.diskFullUntil) {
          throw new SidecarError('STATE_UNWRITABLE', 'ENOSPC')
        }
        this.disk.text = printDurable(state)
        // Killed from here on it is on the disk, and nobody in the process knows.
        await wait()
      },
    }
  }

  async #probe(process: SimProcess, endpoint: string, signature: string, date: string) {
    const { data, timeline } = this.#world
    const region = data.region(endpoint)
    const failed = { is: 'failed', reason: 'ETIMEDOUT' } as const
    if (region === null) return failed
    const signer = data.accountReader(signature, date)
    const probing = this.#probing
    const count = (change: number): void => {
      if (signer !== null) probing.set(signer, (probing.get(signer) ?? 0) + change)
    }
    count(1)
    return asking(process, { withinMs: 5_000 }, () => {
      if (data.isDown(region) || timeline.now < this.azureCutUntil) return never
      return data.readAccount(region, signer, date)
    })
      .catch(() => failed)
      .finally(() => count(-1))
  }
}
