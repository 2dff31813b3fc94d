import { pino } from 'pino'
import { Leading } from '../../../packages/coordinator/src/leading.ts'
import type { Account } from '../../../packages/coordinator/src/loop/account.ts'
import type { Store } from '../../../packages/coordinator/src/ports.ts'
import { azureFor } from '../azure/ports.ts'
import { SimProcess } from '../time/process.ts'
import type { World } from '../world.ts'

const silent = pino({ enabled: false })

/** A coordinator's process: everything in it is real but its ports. */
export class SimCoordinator {
  readonly process: SimProcess
  readonly leading: Leading
  readonly account: Account

  constructor(world: World, name: string) {
    const process = new SimProcess(world.timeline, name, world.chance.of(name))
    this.process = process
    process.wallOffset = world.coordinatorWallOffset
    const log = world.trace.isVerbose ? logTo(world, name) : silent
    const clock = {
      now: () => process.wall(),
      sleep: (ms: number, signal: AbortSignal) =>
        process.clock.sleep(ms, signal).catch(() => undefined),
    }
    const { account, policy } = world
    this.leading = new Leading({
      accounts: [
        {
          options: {
            name: 'orders',
            account: account.id,
            endpoint: account.endpoint,
            policy,
          },
          ports: { ...azureFor(world, process), log, platform: world.platform?.(process, log) },
        },
      ],
      store: world.openStore(
        () => process.wall(),
        () => this,
      ),
      turnMs: world.settings.turnMs,
      clock,
      log,
    })
    const [first] = this.leading.accounts
    if (first === undefined) throw new TypeError('a coordinator has an account')
    this.account = first
    world.trace.tell(name, 'starts and takes the lead')
    this.leading.start()
  }

  get isUp(): boolean {
    return this.process.alive
  }
}

/** The component's own log, for a reader of a trace. */
const logTo = (world: World, name: string) =>
  pino(
    { base: null, timestamp: false },
    { write: (line: string) => world.trace.log(name, line.trim().slice(0, 400)) },
  )

export type { Store }
