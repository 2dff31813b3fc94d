import { defaultSocketPath } from '@keyturn/protocol'
import { podVariables, readSidecarConfig, sidecarSettings } from '@keyturn/sidecar'
import t from 'tap'
import { manifestsOf, only, podsOf, the } from './manifests.ts'

const application = manifestsOf('deploy/kubernetes/application.yaml')
const { pod, labels, selector } = podsOf(the(application, 'Deployment'))
const sidecar = only(pod.initContainers)
const app = only(pod.containers)
const [command, ...args] = sidecar.args

/** Flags with their values, as a command line has them. */
const flags = Object.fromEntries(
  args.flatMap((arg, index) => (arg.startsWith('--') ? [[arg, args[index + 1] ?? '']] : [])),
)

const settingOf = (flag: string) =>
  sidecarSettings.find(setting => setting.flag.split(' ', 1)[0] === flag)

const config = () => {
  const byPath = Object.entries(flags).map(([flag, value]) => [settingOf(flag)?.path, value])
  return readSidecarConfig({ env: {}, flags: Object.fromEntries(byPath) }).config
}

t.test('the sidecar is started with flags that it knows, and values that it takes', async t => {
  t.equal(command, 'sidecar')
  t.equal(args.length, 2 * Object.keys(flags).length, 'each with a value')
  for (const flag of Object.keys(flags)) t.ok(settingOf(flag), flag)
  t.match(config(), { coordinator: { url: /^https:/ }, stateDirectory: '/var/lib/keyturn' })
})

t.test('its environment is the downward API’s, whole and nothing beside it', async t => {
  const given = Object.fromEntries(
    sidecar.env.map(({ name, valueFrom }) => [name, valueFrom.fieldRef.fieldPath]),
  )
  t.same(given, podVariables)
})

t.test('it is a native sidecar: there before the application, gone after it', async t => {
  t.equal(sidecar.restartPolicy, 'Always')
  t.ok(pod.terminationGracePeriodSeconds >= 65 + 30, 'a last attempt, and a goodbye')
})

t.test(
  'the socket’s directory is shared, its state is its own, and both outlive a container',
  async t => {
    const mountsOf = ({ volumeMounts }: typeof app) =>
      new Map(volumeMounts.map(({ name, mountPath }) => [name, mountPath]))
    const volume = (name: string) => pod.volumes.find(one => one.name === name)
    const directory = defaultSocketPath.slice(0, defaultSocketPath.lastIndexOf('/'))
    t.equal(mountsOf(sidecar).get('keyturn-run'), directory)
    t.equal(mountsOf(app).get('keyturn-run'), directory, 'where each client shows that it lives')
    t.notOk(app.volumeMounts.some(({ readOnly }) => readOnly))
    t.equal(mountsOf(sidecar).get('keyturn-state'), flags['--state'])
    t.notOk(mountsOf(app).has('keyturn-state'))
    t.notOk(mountsOf(app).has('keyturn-token'), 'nor does the application speak for the member')
    t.ok(volume('keyturn-run')?.emptyDir)
    t.ok(volume('keyturn-state')?.emptyDir)
    t.equal(volume('keyturn-state')?.emptyDir?.medium, undefined, 'on a disk')
    t.equal(flags['--socket-mode'], '660')
    t.equal(pod.securityContext.fsGroup, sidecar.securityContext.runAsUser, 'a group of both')
  },
)

t.test('every mount has a volume and every volume a mount', async t => {
  const mounted = [sidecar, app].flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name))
  const volumes = pod.volumes.map(({ name }) => name)
  t.same([...new Set(mounted)].sort(), [...volumes].sort())
})

t.test('its files are where its volumes put them', async t => {
  const at = (name: string) => sidecar.volumeMounts.find(one => one.name === name)?.mountPath
  const token = pod.volumes.find(({ name }) => name === 'keyturn-token')?.projected?.sources
  const { path, expirationSeconds } = only(token ?? []).serviceAccountToken
  t.equal(flags['--token-file'], `${at('keyturn-token')}/${path}`)
  t.ok(expirationSeconds >= 600, 'the shortest that Kubernetes takes')
  t.equal(flags['--ca-file'], `${at('keyturn-ca')}/ca.crt`)
})

t.test('its probes ask paths that it answers, on its port', async t => {
  const { startupProbe, livenessProbe, readinessProbe, ports } = sidecar
  t.equal(startupProbe?.httpGet?.path, '/healthz', 'the application waits for keys by itself')
  t.equal(livenessProbe?.httpGet?.path, '/healthz')
  t.equal(readinessProbe?.httpGet?.path, '/readyz')
  for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
    t.equal(probe?.httpGet?.port, only(ports).name)
  }
  t.equal(String(only(ports).containerPort), flags['--health-port'])
})

t.test('the deployment selects its own pods', async t => {
  for (const [key, value] of Object.entries(selector.matchLabels)) t.equal(labels[key], value)
})
