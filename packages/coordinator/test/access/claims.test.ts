import t from 'tap'
import { identityOf } from '../../src/access/claims.ts'

const issuer = 'https://issuer.example'

t.test('people are named and have roles as the claims say', async t => {
  const people = {
    name: 'sub',
    from: 'roles',
    roles: { 'Keyturn.Operate': ['operator'], 'Keyturn.All': ['approver', 'viewer'] },
  } as const
  const options = { issuer, people: people as never, members: undefined }
  const cases = [
    [{ sub: 'ada', roles: ['Keyturn.Operate'] }, ['operator']],
    [{ sub: 'ada', roles: 'Keyturn.Operate' }, ['operator']],
    [{ sub: 'ada', roles: ['Keyturn.All', 'Keyturn.Operate'] }, ['viewer', 'operator', 'approver']],
    [{ sub: 'ada', roles: ['keyturn.operate', 'toString', '__proto__'] }, []],
    [{ sub: 'ada', roles: [{}, 7, null] }, []],
    [{ sub: 'ada' }, []],
  ] as const
  for (const [claims, roles] of cases) {
    const identity = identityOf(options, claims as never)
    t.match(identity, { name: 'ada', subject: 'ada', by: 'jwt', issuer })
    t.same(identity?.roles, roles, JSON.stringify(claims))
    t.equal(identity?.reporting, undefined, 'nobody of them is a member')
  }
  t.equal(identityOf(options, { roles: ['Keyturn.All'] }), null, 'nobody without a subject')
  t.equal(identityOf(options, { sub: 'a\nb', roles: [] }), null, 'a name is one line')
  t.equal(identityOf(options, { sub: 'a'.repeat(201) }), null)
  const nested = {
    issuer,
    members: undefined,
    people: { name: 'email', from: ['realm', 'roles'], roles: { ops: ['operator' as const] } },
  }
  const claims = { sub: '1', email: 'ada@example.com', realm: { roles: ['ops'] } }
  t.match(identityOf(nested, claims), {
    name: 'ada@example.com',
    subject: '1',
    roles: ['operator'],
  })
  t.equal(identityOf(nested, { sub: '1' }), null, 'nobody without the claim that names them')
})

const podClaims = (
  change: Record<string, unknown> = {},
  sub = 'system:serviceaccount:shop:app',
) => ({
  sub,
  'kubernetes.io': {
    namespace: 'shop',
    node: { name: 'node-1', uid: 'n' },
    pod: { name: 'orders-7', uid: 'uid-7' },
    serviceaccount: { name: 'app', uid: 's' },
    ...change,
  },
})

t.test('a pod is the member that its token is bound to, and no other', async t => {
  const members = { is: 'kubernetes' as const, serviceAccounts: ['shop/app'] }
  const options = { issuer, people: undefined, members }
  const identity = identityOf(options, podClaims())
  t.match(identity, { name: 'orders-7', roles: ['member'] })
  const may = (name: string, pod?: { name: string; uid: string; namespace: string }) =>
    identity?.reporting?.(name, { pod })
  t.equal(may('orders-7'), null)
  t.equal(may('orders-7', { name: 'orders-7', uid: 'uid-7', namespace: 'shop' }), null)
  t.match(may('orders-8'), /may not report for orders-8/)
  t.match(may('orders-7', { name: 'orders-7', uid: 'uid-8', namespace: 'shop' }), /another pod/)
  t.match(may('orders-7', { name: 'orders-7', uid: 'uid-7', namespace: 'ship' }), /another pod/)
  for (const [claims, why] of [
    [podClaims({}, 'system:serviceaccount:shop:other'), 'its subject is another account'],
    [podClaims({ serviceaccount: { name: 'other' } }), 'no such account'],
    [podClaims({ namespace: 'other' }), 'another namespace'],
    [podClaims({ pod: undefined }), 'a token that is bound to no pod'],
    [podClaims({ pod: { name: 'orders-7' } }), 'a pod without a uid'],
    [{ sub: 'system:serviceaccount:shop:app' }, 'a token of another kind'],
  ] as const) {
    t.equal(identityOf(options, claims), null, why)
  }
})

t.test('a workload identity speaks for the members that it is given', async t => {
  const names = { 'id-1': ['orders-*', 'cron'] }
  const options = {
    issuer,
    people: undefined,
    members: { is: 'claim' as const, claim: 'oid', names },
  }
  const identity = identityOf(options, { sub: 's', oid: 'id-1' })
  t.match(identity, { name: 'id-1', roles: ['member'] })
  const may = (name: string) => identity?.reporting?.(name, {}) ?? null
  t.same(['orders-1', 'orders-', 'cron'].map(may), [null, null, null])
  for (const name of ['order', 'crons', 'cron-1']) t.match(may(name), /may not report/, name)
  t.equal(identityOf(options, { sub: 's', oid: 'id-2' }), null)
  t.equal(identityOf(options, { sub: 'id-1' }), null)
  t.equal(identityOf(options, { sub: 's', oid: 'constructor' }), null)
})
