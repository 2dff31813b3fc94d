import { coordinatorConfigSchema } from '@keyturn/coordinator'
import { coordinatorOperations } from '@keyturn/protocol'
import t from 'tap'
import { z } from 'zod'
import { manifestsOf, only, podsOf, the } from './manifests.ts'

const manifests = manifestsOf('deploy/kubernetes/coordinator.yaml')
const { pod, labels, replicas, strategy } = podsOf(the(manifests, 'Deployment'))
const coordinator = only(pod.containers)
const application = manifestsOf('deploy/kubernetes/application.yaml')
const members = podsOf(the(application, 'Deployment'))
const sidecar = only(members.pod.initContainers)

const [file, text] = only(
  Object.entries(z.record(z.string(), z.string()).parse(the(manifests, 'ConfigMap')['data'])),
)
const config = coordinatorConfigSchema.parse(JSON.parse(text))
const account = only(config.accounts)

const mountOf = (volume: string): string =>
  coordinator.volumeMounts.find(({ name }) => name === volume)?.mountPath ?? ''

t.test('there is one coordinator, and never two at once', async t => {
  t.equal(replicas, 1)
  t.equal(strategy?.type, 'Recreate')
  t.match(the(manifests, 'PersistentVolumeClaim'), { spec: { accessModes: ['ReadWriteOncePod'] } })
})

t.test('it is started with its configuration, and finds its files', async t => {
  t.same(coordinator.args, ['coordinator', '--config', `${mountOf('config')}/${file}`])
  t.equal(config.dataDirectory, mountOf('data'))
  const claim = pod.volumes.find(({ name }) => name === 'data')?.persistentVolumeClaim
  t.equal(claim?.claimName, the(manifests, 'PersistentVolumeClaim').metadata.name)
  t.same(config.listen.tls && [config.listen.tls.cert, config.listen.tls.key], [
    `${mountOf('tls')}/tls.crt`,
    `${mountOf('tls')}/tls.key`,
  ])
  const names = coordinator.volumeMounts.map(({ name }) => name)
  t.same([...names].sort(), pod.volumes.map(({ name }) => name).sort())
})

const serviceSchema = z.object({
  spec: z.object({
    selector: z.record(z.string(), z.string()),
    ports: z.array(z.object({ port: z.number(), targetPort: z.string() })),
  }),
})

t.test('members find it: address, port, network policy', async t => {
  const service = the(manifests, 'Service')
  const { name, namespace } = service.metadata
  const url = new URL(sidecar.args[sidecar.args.indexOf('--coordinator') + 1] ?? '')
  const port = only(coordinator.ports)
  t.equal(url.hostname, `${name}.${namespace}.svc`)
  t.equal(Number(url.port), config.listen.port)
  t.equal(port.containerPort, config.listen.port)
  const { spec } = serviceSchema.parse(service)
  for (const [key, value] of Object.entries(spec.selector)) t.equal(labels[key], value)
  t.same(spec.ports, [{ port: config.listen.port, targetPort: port.name }])
  const policy = the(manifests, 'NetworkPolicy')
  t.match(policy, {
    spec: { ingress: [{ ports: [{ protocol: 'TCP', port: config.listen.port }] }] },
  })
  const admitted = z
    .object({
      spec: z.object({
        podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
        ingress: z.array(z.object({ from: z.array(z.looseObject({})) })),
      }),
    })
    .parse(policy).spec
  for (const [key, value] of Object.entries(admitted.podSelector.matchLabels)) {
    t.equal(labels[key], value)
  }
  const asked = {
    podSelector: { matchExpressions: [{ key: 'keyturn-account', operator: 'Exists' }] },
  }
  t.match(only(admitted.ingress).from[0], asked)
  t.ok('keyturn-account' in members.labels)
})

t.test('it knows members by the tokens that their pods are given', async t => {
  const issuer = config.access.issuers.find(one => one.members)
  const token = members.pod.volumes.flatMap(({ projected }) => projected?.sources ?? [])
  t.equal(only(token).serviceAccountToken.audience, issuer?.audience)
  const { namespace } = the(application, 'Deployment').metadata
  const { serviceAccountName } = members.pod
  t.equal(the(application, 'ServiceAccount').metadata.name, serviceAccountName)
  t.same(issuer?.members, {
    is: 'kubernetes',
    serviceAccounts: [`${namespace}/${serviceAccountName}`],
  })
})

t.test('its policy selects the pods of the application, where it may look', async t => {
  const { platform } = account.policy
  if (platform?.is !== 'kubernetes') return t.fail('it relies on Kubernetes')
  t.same(platform.namespaces, [the(application, 'Deployment').metadata.namespace])
  const [key = '', value] = platform.selector.split('=')
  t.equal(members.labels[key], value)
  const secret = sidecar.args[sidecar.args.indexOf('--secret') + 1]
  t.equal(account.vault.secret, secret, 'and they follow what it publishes')
})

t.test('its probes ask what it answers to anybody, on its port, as it listens', async t => {
  const { path, may } = coordinatorOperations.getHealth
  t.equal(may, null)
  for (const probe of [coordinator.readinessProbe, coordinator.livenessProbe]) {
    t.same(probe?.httpGet, {
      ...{ path, port: only(coordinator.ports).name },
      scheme: config.listen.tls ? 'HTTPS' : 'HTTP',
    })
  }
})
