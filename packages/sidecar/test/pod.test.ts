import { fingerprintOf, memberAtStart, memberStep, statementOf } from '@keyturn/core'
import { fixed } from '@keyturn/keyring'
import { reportSchema } from '@keyturn/protocol'
import t from 'tap'
import { podOf, Sidecar } from '../src/index.ts'
import { reportFor } from '../src/report/wire.ts'
import { account } from './helpers/keysets.ts'

const environment = {
  KEYTURN_POD_NAME: 'orders-7d9c-x2x4',
  KEYTURN_POD_UID: '2c1f9f0e-6f3e-4c2b-9a55-0a0f4f3f7a11',
  KEYTURN_POD_NAMESPACE: 'shop',
  KEYTURN_NODE_NAME: 'aks-pool-1.internal',
}
const pod = {
  name: environment.KEYTURN_POD_NAME,
  uid: environment.KEYTURN_POD_UID,
  namespace: environment.KEYTURN_POD_NAMESPACE,
  node: environment.KEYTURN_NODE_NAME,
}

t.test('the downward API says which pod it is; elsewhere there is none', async t => {
  t.same(podOf(environment), pod)
  const { KEYTURN_NODE_NAME: _, ...without } = environment
  const { node: __, ...placeless } = pod
  t.same(podOf(without), placeless)
  t.equal(podOf({ HOME: '/', KEYTURN_POD_UID: '' }), null)
})

t.test('a pod that is named by half is refused, and told what is missing', async t => {
  const { KEYTURN_POD_UID: _, ...without } = environment
  t.throws(() => podOf(without), { code: 'BAD_OPTIONS', message: /KEYTURN_POD_UID.*metadata\.uid/ })
  t.throws(() => podOf({ KEYTURN_NODE_NAME: 'n' }), { code: 'BAD_OPTIONS' })
})

t.test('a pod that Kubernetes cannot have named is refused', async t => {
  const key = Buffer.alloc(64, 1).toString('base64')
  const source = fixed({ primary: key, secondary: key })
  t.throws(() => new Sidecar({ name: 'one', source, pod: { ...pod, namespace: '../x' } }), {
    code: 'BAD_OPTIONS',
  })
})

t.test('each report names the pod, and one of an older sidecar is taken without', async t => {
  const name = (of: string) => fingerprintOf(of, () => of.repeat(64))
  const held = {
    version: 1,
    fingerprints: { primary: name('a'), secondary: name('b') },
    active: 'primary',
    fenced: [],
  } as const
  const subject = { account, pair: 'readWrite' } as const
  const state = memberStep(memberAtStart(null, 'i-1', true), { is: 'swapped', held, subject })
  const source = { kind: 'keyVault', serving: 'keyVault', ageMs: 1, lastError: null } as const
  const envelope = { state, statement: statementOf(state), sent: 0, source, stalenessMsMax: 0 }
  const report = reportFor({ ...envelope, holdMs: 0, goodbye: false, pod })
  t.same(reportSchema.parse(report).pod, pod)
  const before = reportSchema.parse(reportFor({ ...envelope, holdMs: 0, goodbye: false }))
  t.notOk('pod' in before)
})
