import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { AzureSim } from '@keyturn/azure-sim'
import {
  type CoordinatorConfig,
  coordinatorConfigSchema,
  publishFromArm,
} from '@keyturn/coordinator'
import { otherSlot, turnPhases } from '@keyturn/core'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import { keyVault, sidecar } from '@keyturn/keyring'
import type { AccountStatus } from '@keyturn/protocol'
import { Sidecar } from '@keyturn/sidecar'
import t, { type Test } from 'tap'
import { restartablePort } from '../support/process/ports.ts'
import { Coordinating } from './support/coordinating.ts'

t.setTimeout(600_000)

const secret = 'keyset'
const word = { by: 'ada', reason: 'the secret is gone' }

type Fleet = CoordinatorConfig['accounts'][number]['policy']['fleet']

const nobody: Fleet = { is: 'none', acceptedBy: 'the test', reason: 'nobody has a key' }

/** An account whose coordinator comes and goes. */
const open = async (t: Test, fleet: Fleet) => {
  const azure = await AzureSim.start({
    seed: 9,
    regeneration: { durationMs: 100, spreadMs: 0 },
    weather: { vault: { deleteMs: 0, purgeMs: 0 } },
  })
  t.teardown(() => azure.stop())
  setDefaultCACertificates([...getCACertificates('default'), azure.ca])
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const config = coordinatorConfigSchema.parse({
    dataDirectory: join(folder, 'data'),
    listen: { port: await restartablePort() },
    // Whoever waits here asks without a pause, and on a fast machine that is often.
    access: { limits: { requestsPerSecond: 100_000 } },
    turnMs: 20,
    accounts: [
      {
        name: 'orders',
        account: azure.accountId,
        endpoint: azure.endpoint,
        armEndpoint: azure.armEndpoint,
        vault: { url: azure.vaultUrl, secret },
        policy: {
          fleet,
          evidence: { is: 'none', acceptedBy: 'the test', reason: 'nobody else' },
          limits: {
            ...{ fleetSettleMs: 0, armPollMs: 50, armSettleMs: 500, sendWithinMs: 5_000 },
            ...{ attemptBackoffMs: 50, probesMin: 2, probeSpanMs: 50, probeEveryMs: 25 },
            ...{ bakeMs: 100, quietMs: 50, vaultAgeMsMax: 200, armAgeMsMax: 200 },
          },
        },
      },
    ],
  })
  const coordinating = new Coordinating(azure, config)
  t.teardown(() => coordinating.stop())
  const [account] = config.accounts
  if (!account) throw new Error('configured')
  const options = { config, account, credential: azure.credential, ...word }
  return { azure, folder, config, coordinating, options }
}

/** A member with a client that reads without a pause; how many reads have failed. */
const joined = async (
  t: Test,
  { azure, folder, config, coordinating }: Awaited<ReturnType<typeof open>>,
) => {
  const socket = join(folder, 's')
  const member = new Sidecar({
    name: 'orders-1',
    source: keyVault({
      vaultUrl: azure.vaultUrl,
      secretName: secret,
      credential: azure.credentialOf('reader'),
    }),
    socket,
    stateDirectory: join(folder, 'state'),
    coordinator: {
      url: `http://127.0.0.1:${config.listen.port}`,
      token: () => coordinating.memberToken,
    },
    holdMs: 200,
    joinWaitMs: 2_000,
  })
  await member.start()
  t.teardown(() => member.stop())
  const client = new ResilientCosmosClient({
    endpoint: azure.endpoint,
    keys: sidecar({ socket }),
  })
  // An operation waits a second for the first keys, and no longer.
  while (client.keys.status().version === null) await new Promise(setImmediate)
  let running = true
  let reads = 0
  const failures: unknown[] = []
  const reading = (async () => {
    while (running) {
      try {
        await client.getDatabaseAccount()
        reads += 1
      } catch (error) {
        failures.push(error)
      }
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  })()
  t.teardown(async () => {
    running = false
    await reading
    await client.close()
  })
  return { failures, reads: () => reads }
}

/** Gone for good, or overwritten by somebody who meant another secret. */
const breakVault = ({ secrets }: AzureSim, how: 'destroyed' | 'garbage'): void => {
  if (how === 'garbage') return void secrets.set(secret, 'garbage', {} as never)
  secrets.delete(secret)
  secrets.purge(secret)
}

const regenerations = ({ witness }: AzureSim): number =>
  witness
    .testimony()
    .arm.filter(({ path, status }) => path.endsWith('/regenerateKey') && status === 202).length

const standbyPhases = turnPhases.slice(0, turnPhases.indexOf('switching')) as readonly string[]

t.test('in each phase: coordinator and secret are gone; published, it goes on', async t => {
  const { azure, coordinating, options } = await open(t, nobody)
  await coordinating.start()
  await coordinating.ask('POST', '/verbs', { verb: 'adopt' })
  const phases = turnPhases.slice(0, -1)
  for (const [index, phase] of phases.entries()) {
    const ended = coordinating.endsIn(phase)
    const { published: before } = await coordinating.ask('GET', '')
    // Either slot alone: together the two plans pass every phase.
    const active = before?.active ?? 'primary'
    const slot = standbyPhases.includes(phase) ? otherSlot(active) : active
    await coordinating.ask('POST', '/verbs', { verb: 'rotate', reason: phase, slot })
    await ended
    breakVault(azure, index % 2 === 0 ? 'destroyed' : 'garbage')
    await t.rejects(publishFromArm({ ...options, force: false }), { code: 'ROTATION_UNFINISHED' })
    const { version, forced } = await publishFromArm({ ...options, force: true })
    t.ok(forced.includes('ROTATION_UNFINISHED'))
    await coordinating.start()
    const ending = ({ rotation }: AccountStatus) => rotation?.status === 'completed'
    const { published } = await coordinating.until(ending)
    t.ok((published?.version ?? 0) > version, `${phase}: it went on above version ${version}`)
  }
  t.equal(regenerations(azure), phases.length, 'no key was turned twice')
})

t.test('clients go on all the while, and follow what was published', async t => {
  const scene = await open(t, { is: 'members', names: ['orders-1'] })
  const { azure, coordinating, options } = scene
  await coordinating.start()
  await coordinating.ask('POST', '/verbs', { verb: 'adopt' })
  const { failures, reads } = await joined(t, scene)
  const ended = coordinating.endsIn('regenerating-standby')
  await coordinating.ask('POST', '/verbs', { verb: 'rotate', reason: 'due' })
  await ended
  breakVault(azure, 'destroyed')
  const { version, fenced } = await publishFromArm({ ...options, force: true })
  t.same(fenced, ['secondary'], 'a request may be on its way to that key')
  await coordinating.start()
  const { published, members } = await coordinating.until(
    ({ rotation }) => rotation?.status === 'completed',
  )
  t.ok((published?.version ?? 0) > version)
  t.equal(members[0]?.acknowledged?.version, published?.version)
  t.equal(regenerations(azure), 2)
  t.ok(reads() > 0)
  t.same(failures, [], 'no request failed')
})

t.test('what stands in the way is said, each by its code', async t => {
  const { azure, config, coordinating, options, folder } = await open(t, nobody)
  const refused = (code: string, more: object = {}) =>
    t.rejects(publishFromArm({ ...options, force: false, ...more }), { code }, code)
  await refused('VERSION_UNKNOWN')
  await coordinating.start()
  await coordinating.ask('POST', '/verbs', { verb: 'adopt' })
  await coordinating.until(({ published }) => published?.confirmed === true)
  await refused('COORDINATOR_RUNS')
  await coordinating.stop()
  await refused('REPAIR_UNNEEDED')
  azure.secrets.delete(secret)
  await refused('SECRET_DELETED', { force: true })
  azure.secrets.purge(secret)
  await refused('VERSION_TOO_LOW', { aboveVersion: 0 })

  t.comment('without the journal, nobody knows the version')
  const elsewhere = { ...config, dataDirectory: join(folder, 'none') }
  await refused('VERSION_UNKNOWN', { config: elsewhere })
  const named = { ...options, config: elsewhere, force: false, aboveVersion: 40 }
  t.match(await publishFromArm(named), { version: 41, active: 'primary', fenced: [] })

  t.comment('and the coordinator goes on from what it never knew')
  await coordinating.start()
  const above = ({ published }: AccountStatus) => published?.version === 42 && published.confirmed
  await coordinating.until(above)

  t.comment('the tags tell the version where no value can be read')
  await coordinating.stop()
  azure.secrets.set(secret, 'garbage', {} as never)
  t.match(await publishFromArm({ ...named, aboveVersion: undefined }), { version: 43 })
})
