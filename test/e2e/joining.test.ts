import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ClientSecretCredential } from '@azure/identity'
import { SecretClient } from '@azure/keyvault-secrets'
import t, { type Test } from 'tap'
import { keysetSecret } from '../../packages/cli/src/demo/options.ts'
import { regenerated } from './support/azure-control.ts'
import { killed, never, Scene } from './support/scene.ts'

t.setTimeout(600_000)

/** What the vault holds now, as an operator reads it. */
const published = async ({ hand: { azure } }: Scene): Promise<string> => {
  const reader = azure.principals['reader']
  const { tenantId, authorityHost } = azure
  const credential = new ClientSecretCredential(
    tenantId,
    reader?.clientId ?? '',
    reader?.clientSecret ?? '',
    { authorityHost, disableInstanceDiscovery: true },
  )
  const vault = new SecretClient(azure.vaultUrl, credential, {
    disableChallengeResourceVerification: true,
  })
  return (await vault.getSecret(keysetSecret)).value ?? ''
}

/** As a volume's plugin does it: whoever reads sees the old file or the new one. */
const mount = async (directory: string, text: string): Promise<void> => {
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, '.new'), text, { mode: 0o600 })
  await rename(join(directory, '.new'), join(directory, 'keyset.json'))
}

const completes = async (t: Test, scene: Scene): Promise<void> => {
  await scene.until('completed', ({ rotation }) => rotation?.status === 'completed')
  const results = await scene.endLoad()
  t.same(
    results.flatMap(({ failures }) => failures),
    [],
    'no operation failed',
  )
  t.same(await regenerated(scene.hand), ['secondary', 'primary'], 'each once')
}

t.test('whoever joins in the middle of a turn is admitted by what the fleet holds', async t => {
  const scene = await Scene.open(t, { probesMin: never })
  const directory = join(scene.stage.directory, 'mounted')
  await mount(directory, await published(scene))
  await scene.operators.verb({ verb: 'rotate', reason: 'the test' })
  await scene.until('fenced', ({ rotation }) => rotation?.phase === 'probing-standby')

  t.comment('a pod starts on a mount that lags: its file knows of no fence')
  const env = { NODE_EXTRA_CA_CERTS: join(scene.stage.directory, 'ca.pem') }
  const late = scene.startStranger(t, 'late', ['--directory', directory], env)
  const [code] = await Promise.all([
    late.told(line => (line['event'] === 'not-serving' ? line['code'] : undefined)),
    late.told(line => (line['event'] === 'joined' ? true : undefined)),
  ])
  t.ok(['NOT_JOINED', 'BELOW_FLOOR'].includes(String(code)))
  // Its first report may come before it has read its file.
  const { members } = await scene.until('heard', ({ members }) =>
    members.some(one => isLate(one) && one.held !== null),
  )
  t.match(members.find(isLate), {
    ...{ held: { version: 1 }, acknowledged: null, standing: 'joined' },
  })
  const visiting = scene.startVisitor('stranger-late')
  let isServed = false
  void visiting.then(() => {
    isServed = true
  })
  await scene.until('attached', ({ members }) =>
    members.some(one => isLate(one) && one.clients.attached === 1),
  )
  t.notOk(isServed, 'below the floor nobody is handed a key')
  const serving = late.told(line => (line['event'] === 'serving' ? true : undefined))
  await mount(directory, await published(scene))
  await serving
  const visitor = await visiting
  await killed(visitor)
  await late.stop()
  await scene.until('gone', ({ members }) =>
    members.every(one => !isLate(one) || one.standing === 'gone'),
  )

  t.comment('another process reports under a name that is taken')
  await mount(directory, await published(scene))
  const twin = scene.startStranger(t, 'one', ['--directory', directory], env)
  await twin.told(line => (line['event'] === 'joined' ? true : undefined))
  await scene.killCoordinator()
  await scene.startCoordinator({ reportAgeMsMax })
  const isTwin = ({ code, member }: { code: string; member?: string | undefined }) =>
    code === 'MEMBER_TWIN' && member === 'one'
  await scene.until('told apart', ({ blockers }) => blockers.some(isTwin))
  await killed(twin)
  t.comment('silent is the twin, which has no client, and only the twin')
  await scene.until('silent', ({ members, blockers }) => {
    const silent = members.filter(one => isOne(one) && one.reportedMsAgo > reportAgeMsMax)
    return blockers.some(isTwin) && silent.length === 1 && silent[0]?.clients.attached === 0
  })
  t.same(await regenerated(scene.hand), ['secondary'], 'silence is no goodbye')
  await scene.operators.verb({ verb: 'evict', member: 'one', reason: 'it was started by hand' })
  await completes(t, scene)
})

const reportAgeMsMax = 5_000

const isOne = ({ name, standing }: { readonly name: string; readonly standing: string }): boolean =>
  name === 'one' && standing === 'joined'

const isLate = ({ name }: { readonly name: string }): boolean => name === 'late'
