import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountStatus } from '@keyturn/protocol'
import t, { type Test } from 'tap'
import type { AzureByHand } from '../../packages/cli/src/demo/azure.ts'
import { oldKeysRefused } from '../../packages/cli/src/demo/old-keys.ts'
import { keysetSecret } from '../../packages/cli/src/demo/options.ts'
import { seedDocuments } from '../../packages/cli/src/demo/seed-documents.ts'
import { type Coordinating, Stage } from '../../packages/cli/src/demo/stage.ts'
import { restartablePort } from '../support/process/ports.ts'
import { regenerated } from './support/azure-control.ts'
import type { EmbeddingOptions, Told } from './support/embedding.ts'
import { never, quick, regeneration } from './support/scene.ts'

t.setTimeout(600_000)

const name = 'orders-0'
const stuckAfterMs = 180_000

/** An application that embeds its sidecar, in a process of its own. */
class Application {
  readonly child: ChildProcess
  told: Told = { operations: 0, failures: [], ended: false }

  constructor(t: Test, { azure }: AzureByHand, options: EmbeddingOptions, caFile: string) {
    const reader = azure.principals['reader']
    const program = join(import.meta.dirname, 'support', 'embedding.ts')
    this.child = fork(program, [JSON.stringify(options)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        NODE_EXTRA_CA_CERTS: caFile,
        AZURE_TENANT_ID: azure.tenantId,
        AZURE_CLIENT_ID: reader?.clientId,
        AZURE_CLIENT_SECRET: reader?.clientSecret,
        AZURE_AUTHORITY_HOST: azure.authorityHost,
      },
    })
    this.child.on('message', message => {
      this.told = message as Told
    })
    t.teardown(() => this.child.kill('SIGKILL'))
  }

  async worksOn(): Promise<void> {
    const enough = this.told.operations + 20
    while (this.told.operations < enough) await sleep(20)
  }

  async killed(): Promise<void> {
    const exit = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await exit
  }

  async ended(): Promise<number | null> {
    const exit = once(this.child, 'exit')
    this.child.send('stop')
    await exit
    return this.child.exitCode
  }
}

const until = async (
  { operators }: Coordinating,
  what: string,
  is: (status: AccountStatus) => boolean,
): Promise<AccountStatus> => {
  const over = performance.now() + stuckAfterMs
  for (;;) {
    const status = await operators.status()
    if (is(status)) return status
    if (performance.now() > over) throw new Error(`not ${what}: ${JSON.stringify(status)}`)
    await sleep(20)
  }
}

t.test('a fleet of one application that embeds its sidecar turns both keys', async t => {
  const stage = new Stage(null)
  t.teardown(() => stage.strike())
  const hand = await stage.azure(3, false)
  await hand.control('/regeneration', regeneration)
  const old = await hand.keys()
  await seedDocuments(hand.azure.endpoint, old.primary, [name])
  const limits = { ...quick, probesMin: never }
  const port = await restartablePort()
  const coordinating = await stage.coordinator(hand, { members: [name], limits, port })
  await coordinating.operators.verb({ verb: 'adopt' })
  await until(coordinating, 'adopted', ({ published }) => published?.confirmed === true)
  const caFile = join(stage.directory, 'ca.pem')
  const start = (to: Coordinating) => {
    const { endpoint, vaultUrl } = hand.azure
    const secretName = keysetSecret
    const stateDirectory = join(stage.directory, 'state')
    const { url: coordinator, memberTokenFile: tokenFile } = to
    const known = { name, endpoint, vaultUrl, secretName, stateDirectory, coordinator, tokenFile }
    return new Application(t, hand, known, caFile)
  }
  const first = start(coordinating)
  await first.worksOn()
  await coordinating.operators.verb({ verb: 'rotate', reason: 'the test' })

  t.comment('the standby is new and still fenced: the application is killed, and starts again')
  await until(coordinating, 'probing', ({ rotation }) => rotation?.phase === 'probing-standby')
  await first.worksOn()
  await first.killed()
  t.same(first.told.failures, [])
  const second = start(coordinating)
  await second.worksOn()
  const status = await until(coordinating, 'one again', ({ members }) => {
    const joined = members.filter(({ standing }) => standing === 'joined')
    return joined.length === 1 && joined[0]?.clients.attached === 1
  })
  t.same(
    status.members.map(({ standing }) => standing).sort(),
    ['joined', 'replaced'],
    'it presents what it was, and whoever was attached there is proven dead',
  )
  t.same(status.members.find(({ standing }) => standing === 'joined')?.clients.lost, [])

  t.comment('the coordinator comes back with bounds that can be met')
  const exit = new Promise<void>(resolve => coordinating.child.once('exit', () => resolve()))
  coordinating.child.kill('SIGKILL')
  await exit
  const again = await stage.coordinator(hand, { members: [name], limits: quick, port })
  await until(again, 'completed', ({ rotation }) => rotation?.status === 'completed')
  await second.worksOn()
  t.same(second.told.failures, [])
  t.same(await regenerated(hand), ['secondary', 'primary'], 'each once')
  t.ok(await oldKeysRefused(hand, old))

  t.equal(await second.ended(), 0)
  t.match(second.told, { ended: true, failures: [] })
  await until(again, 'gone', ({ members }) => members.every(one => one.standing !== 'joined'))
})
