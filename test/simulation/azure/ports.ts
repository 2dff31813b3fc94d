import type { Slot } from '@keyturn/core'
import type { Arm, ArmLook, Prober, Sent, Vault } from '../../../packages/coordinator/src/ports.ts'
import { secretKey } from '../../../packages/coordinator/src/secret.ts'
import type { SimProcess } from '../time/process.ts'
import type { World } from '../world.ts'
import { publishedOf } from './vault.ts'

export class AzureError extends Error {
  override readonly name = 'RestError'
  readonly code: string
  readonly statusCode: number | undefined

  constructor(code: string, statusCode?: number) {
    super(code)
    this.code = code
    this.statusCode = statusCode
  }
}

const lookWithinMs = 60_000

/**
 * One question to a service: `serve` runs there when it arrives, its answer comes back later.
 * Where it throws, the failure comes back instead; where it returns `never`, nothing does.
 */
export const never: unique symbol = Symbol('never')

export const asking = <T>(
  from: SimProcess,
  { withinMs, signal }: { readonly withinMs: number; readonly signal?: AbortSignal },
  serve: () => T | typeof never,
  latencyMs = () => from.chance.int(20, 200),
): Promise<T> =>
  new Promise((resolve, reject) => {
    const late = from.after(withinMs, () => end(() => reject(new AzureError('ETIMEDOUT'))))
    const onAbort = (): void => end(() => reject(signal?.reason))
    const end = (settle: () => void): void => {
      late.run = null
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    from.timeline.after(latencyMs(), () => {
      try {
        const answer = serve()
        if (answer !== never) from.after(latencyMs(), () => end(() => resolve(answer)))
      } catch (error) {
        from.after(latencyMs(), () => end(() => reject(error)))
      }
    })
  })

/** Azure as one coordinator's process reaches it. */
export const azureFor = (world: World, process: SimProcess) => ({
  arm: armFor(world, process),
  vault: vaultFor(world, process),
  prober: proberFor(world, process),
})

const armFor = (world: World, process: SimProcess): Arm => {
  const { account, weather, timeline } = world
  const ask = <T>(serve: () => T): Promise<T> =>
    asking(process, { withinMs: lookWithinMs }, () => {
      if (timeline.now < weather.armDownUntil) return never
      if (timeline.now < weather.armThrottledUntil) {
        throw process.chance.is(0.5)
          ? new AzureError('TooManyRequests', 429)
          : new AzureError('ServiceUnavailable', 503)
      }
      return serve()
    })
  const keysNow = () => ({
    primary: secretKey(account.current.primary.value, 'ARM'),
    secondary: secretKey(account.current.secondary.value, 'ARM'),
  })
  const look = async (operation: string | null): Promise<ArmLook> => {
    world.checker.looks(process)
    // Three reads one after the other, the operation first.
    const status = operation === null ? null : await ask(() => statusOf(world, operation))
    const idle = await ask(() => account.idle)
    const keys = await ask(keysNow)
    return {
      keys,
      regions: account.regions.map(({ name, endpoint }) => ({ name, endpoint })),
      view: {
        idle,
        fingerprints: {
          primary: keys.primary.fingerprint,
          secondary: keys.secondary.fingerprint,
        },
        generationTimes: { primary: null, secondary: null },
        operation: operation === null || status === null ? null : { operation, status },
      },
    }
  }
  const disableLocalAuth = async (): Promise<void> => {
    throw new AzureError('AuthorizationFailed', 403)
  }
  const regenerate = sendingFor(world, process)
  const arm = { look, keys: () => ask(keysNow), regenerate, disableLocalAuth }
  return arm
}

const statusOf = ({ account, weather, timeline }: World, operation: string) =>
  timeline.now < weather.armForgetsUntil ? 'forgotten' : account.status(operation)

const sendingFor =
  (world: World, process: SimProcess): Arm['regenerate'] =>
  async (slot: Slot, withinMs: number): Promise<Sent> => {
    const { account, weather, timeline } = world
    world.checker.sends(slot, process)
    weather.atSending.shift()?.('post')
    const mail = weather.mail.shift() ?? 'delivered'
    world.trace.tell(process.name, `sends regenerateKey(${slot}), to be ${mail}`)
    const arrive = (): Sent => {
      if (timeline.now < weather.armThrottledUntil) {
        return { is: 'refused', detail: 'TooManyRequests' }
      }
      const operation = account.regenerate(slot, 'coordinator')
      if (operation === null) return { is: 'refused', detail: 'PreconditionFailed' }
      return { is: 'accepted', operation: operation.id }
    }
    const unknown: Sent = { is: 'unknown', detail: 'ETIMEDOUT' }
    const isDown = timeline.now < weather.armDownUntil
    if (mail === 'late') {
      // As late as the settlement allows for: it is on its way, whoever gives up waiting.
      const { armSettleMs } = world.policy.limits
      const most = withinMs + armSettleMs - 2_000
      timeline.after(process.chance.int(withinMs, most), () => {
        const { is } = arrive()
        world.trace.tell('ARM', `a late regenerateKey(${slot}) arrives: ${is}`)
      })
    }
    return asking(process, { withinMs }, () => {
      if (mail === 'late' || mail === 'never-sent' || isDown) return never
      const sent = arrive()
      if (mail === 'answer-lost') return never
      return mail === 'error-after-effect' ? { is: 'unknown' as const, detail: 'HTTP 500' } : sent
    }).catch(() => unknown)
  }

const vaultFor = (world: World, process: SimProcess): Vault => {
  const { vault, weather, timeline, account } = world
  const ask = <T>(serve: () => T | typeof never): Promise<T> =>
    asking(process, { withinMs: lookWithinMs }, () => {
      if (timeline.now < weather.vaultDownUntil) throw new AzureError('ServiceUnavailable', 503)
      return serve()
    })
  return {
    read: () =>
      ask(() => {
        const { latest } = vault
        if (latest === null) return { latest: null, foreign: false }
        const { document } = latest
        const isOurs = document?.account === account.id
        return { latest: isOurs && document ? publishedOf(document) : null, foreign: !isOurs }
      }),
    write: document => {
      weather.atSending.shift()?.('write')
      const fate = weather.writes.shift()
      const text = JSON.stringify(document)
      const { version, active, fenced } = document
      const what = `version ${version}, active ${active}${fenced.length > 0 ? `, ${fenced[0]} fenced` : ''}`
      const land = (): void => {
        vault.write(text, 'coordinator', timeline.now)
        world.trace.tell('Key Vault', `takes ${what}`)
        world.onVaultWritten()
      }
      if (fate !== undefined) world.trace.tell(process.name, `writes ${what}: ${fate}`)
      if (fate === 'late') timeline.after(process.chance.int(5_000, 60_000), land)
      return ask(() => {
        if (fate === 'lost' || fate === 'late') return never
        land()
        return fate === 'answer-lost' ? never : undefined
      })
    },
  }
}

const proberFor = ({ account, data }: World, process: SimProcess): Prober => ({
  probe: async ({ name }, { fingerprint }) => {
    const region = account.regions.find(one => one.name === name)
    if (region === undefined) return 'ENOTFOUND'
    return asking(process, { withinMs: 10_000 }, () => {
      if (data.isDown(region)) return never
      return account.accepts(region, fingerprint) ? null : 'HTTP 401, wrong-key'
    }).catch(() => 'ETIMEDOUT')
  },
})
