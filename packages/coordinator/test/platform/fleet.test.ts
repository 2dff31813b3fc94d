import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AzureSim } from '@keyturn/azure-sim'
import { historyEntrySchema } from '@keyturn/protocol'
import { FakeMember } from '@keyturn/testkit'
import t, { type Test } from 'tap'
import { z } from 'zod'
import { ApiServer } from '../../../../test/support/kubernetes/api-server.ts'
import { Cluster } from '../../../../test/support/kubernetes/cluster.ts'
import { sidecarName } from '../../../../test/support/kubernetes/objects.ts'
import { openVault } from '../../src/azure/vault.ts'
import { Coordinator } from '../../src/index.ts'
import { ask, configFor, report, startAzure, until } from '../support.ts'
import { coordinatorUser } from './support.ts'

t.setTimeout(600_000)

/** A member's process in a pod: it reports over HTTP and follows the vault, until it is killed. */
class PodMember {
  readonly name: string
  readonly #member: FakeMember
  readonly #scene: Scene
  #running: Promise<void> = Promise.resolve()
  alive = true

  constructor(scene: Scene, name: string, node: string) {
    this.name = name
    this.#scene = scene
    this.#member = new FakeMember(name)
    const { uid } = scene.cluster.run(name, node).metadata
    this.#member.pod = { name, uid, namespace: 'shop', node }
  }

  start(): this {
    this.#running = this.#run()
    return this
  }

  /** At once, and without a word. */
  async kill(): Promise<void> {
    this.alive = false
    await this.#running
  }

  async #run(): Promise<void> {
    const { azure, coordinator } = this.#scene
    const { accountId: account, vaultUrl: url, credential } = azure
    const vault = openVault({ account, url, secretName: 'keyset', credential })
    let knownVersion = 0
    while (this.alive) {
      const { latest } = await vault.read()
      if (latest) this.#member.hear(latest)
      const { announced } = await report(coordinator, this.name, {
        ...this.#member.report(0),
        source: { kind: 'keyVault', stalenessMsMax: 0, ageMs: 0 },
        ...{ refused: [], account, pair: 'readWrite', holdMs: 100, knownVersion },
      })
      knownVersion = Math.max(knownVersion, announced?.version ?? 0)
    }
  }
}

interface Scene {
  readonly azure: AzureSim
  readonly cluster: Cluster
  readonly coordinator: Coordinator
}

const roleActions = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../../../deploy/azure/${file}`, import.meta.url), 'utf8'))

/** Azure, a cluster with its API over TLS, and a coordinator with no right that deploy/ has not. */
const stage = async (t: Test): Promise<Scene & { readonly server: ApiServer }> => {
  const actions = [
    ...roleActions('coordinator-role.json').Actions,
    ...roleActions('keyset-writer-role.json').DataActions,
  ]
  const azure = await startAzure(t, { principals: { coordinator: { actions } } })
  const cluster = new Cluster('shop', { app: 'shop' })
  for (const node of ['node-1', 'node-2', 'node-3']) cluster.addNode(node)
  const list = { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }
  const server = await new ApiServer(cluster.etcd, [coordinatorUser('t0ken', [list])]).start()
  t.teardown(() => server.stop())
  const config = configFor(t, azure)
  const directory = config.dataDirectory
  writeFileSync(join(directory, 'token'), 't0ken')
  writeFileSync(join(directory, 'kubeconfig'), server.kubeconfig(join(directory, 'token')))
  const [account] = config.accounts
  if (!account) throw new RangeError('a configuration has an account')
  account.policy.platform = {
    ...{ is: 'kubernetes', namespaces: ['shop'], selector: 'app=shop', machines: true },
    kubeconfig: join(directory, 'kubeconfig'),
  }
  account.policy.limits = { ...account.policy.limits, reportAgeMsMax: 3_000 }
  const credential = azure.credentialOf('coordinator')
  const coordinator = await new Coordinator({ config, credential }).start()
  t.teardown(() => coordinator.stop())
  return { azure, cluster, coordinator, server }
}

t.test('pods end in every way while both keys turn, and nobody is asked anything', async t => {
  const scene = await stage(t)
  const { azure, cluster, coordinator, server } = scene
  const members = Array.from({ length: 6 }, (_, index) =>
    new PodMember(scene, `web-${index + 1}`, `node-${1 + (index % 3)}`).start(),
  )
  t.teardown(() => Promise.all(members.map(member => member.kill())))
  const member = (name: string) => members.find(one => one.name === name)
  const verb = (body: unknown) => ask(coordinator, 'POST', '/v1/accounts/orders/verbs', body)
  const events = async () => {
    const { body } = await ask(coordinator, 'GET', '/v1/accounts/orders/history')
    return z
      .array(historyEntrySchema)
      .parse(body)
      .map(({ event }) => event)
  }
  const entered = async (phase: string): Promise<boolean> =>
    JSON.stringify(await events()).includes(`"at":"${phase}"`)
  await until(async () => (await verb({ verb: 'adopt' })).status === 200)
  await until(async () => (await verb({ verb: 'rotate', reason: 'it is night' })).status === 200)
  await until(() => entered('fencing-standby'))

  await member('web-1')?.kill()
  cluster.terminate('web-1', 'Failed')
  cluster.restarted('web-2', sidecarName)
  members.push(new PodMember(scene, 'web-7', 'node-1').start())
  await until(() => entered('switching'))

  const onLostNode = ['web-3', 'web-6']
  await Promise.all(onLostNode.map(name => member(name)?.kill()))
  cluster.nodeLost('node-3')
  server.cutWatches()
  cluster.nodeDeleted('node-3')
  await until(() => entered('completed'))

  const died = (await events()).filter(({ type }) => type === 'died')
  t.same(died.map(({ member: name, proof }) => `${name} ${proof}`).sort(), [
    'web-1 terminated',
    'web-3 machine-ended',
    'web-6 machine-ended',
  ])
  t.notOk((await events()).some(({ type }) => type === 'evicted' || type === 'waived'))
  const sent = azure.witness
    .testimony()
    .arm.filter(({ verb: method, path }) => method === 'POST' && path.includes('regenerateKey'))
  t.equal(sent.length, 2, 'each key once')
})
