import { coordinatorOperations, type Role, roles, type VerbRequest } from '@keyturn/protocol'
import t from 'tap'
import { ask, configFor, reportOf, startAzure, startCoordinator } from '../support.ts'

type Who = 'nobody' | Role

/** Written down here once more, by hand: what each may ask for. */
const may: Readonly<Record<keyof typeof coordinatorOperations, readonly Who[]>> = {
  getHealth: ['nobody', 'viewer', 'operator', 'approver', 'member'],
  getDescription: ['nobody', 'viewer', 'operator', 'approver', 'member'],
  getPage: ['nobody', 'viewer', 'operator', 'approver', 'member'],
  report: ['member'],
  listAccounts: ['viewer', 'operator', 'approver'],
  getAccount: ['viewer', 'operator', 'approver'],
  getBlockers: ['viewer', 'operator', 'approver'],
  getFleet: ['viewer', 'operator', 'approver'],
  listRotations: ['viewer', 'operator', 'approver'],
  getHistory: ['viewer', 'operator', 'approver'],
  followEvents: ['viewer', 'operator', 'approver'],
  getPlan: ['viewer', 'operator', 'approver'],
  getRetireCheck: ['viewer', 'operator', 'approver'],
  listDenials: ['operator', 'approver'],
  obey: ['operator', 'approver'],
}

const reason = 'to see whether one may'

/** Each verb, as somebody would ask for it who may; none of them can be obeyed here. */
const verbs: Readonly<Record<VerbRequest['verb'], readonly [VerbRequest, readonly Role[]]>> = {
  adopt: [{ verb: 'adopt' }, ['operator']],
  rotate: [{ verb: 'rotate', reason }, ['operator']],
  approve: [{ verb: 'approve' }, ['approver']],
  waive: [{ verb: 'waive', reason, code: 'PAUSED' }, ['operator']],
  acknowledge: [{ verb: 'acknowledge', reason, consumer: 'job' }, ['operator']],
  retire: [{ verb: 'retire', reason }, ['operator']],
  pause: [{ verb: 'pause', reason }, ['operator']],
  resume: [{ verb: 'resume', reason }, ['operator']],
  abort: [{ verb: 'abort', reason }, ['operator']],
  evict: [{ verb: 'evict', reason, member: 'one' }, ['operator']],
}

t.test('what each role may do, on every route and with every verb', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure))
  const statusOf = async (who: Who, method: string, path: string, body?: unknown) => {
    const over = new AbortController()
    const response = await fetch(`${coordinator.url}${path}`, {
      method: method.toUpperCase(),
      headers: {
        'content-type': 'application/json',
        ...(who === 'nobody' ? {} : { authorization: `Bearer ${coordinator.tokens[who]}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: over.signal,
    })
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem')
    const code = isProblem ? ((await response.json()) as { code: string }).code : null
    over.abort()
    return { status: response.status, code }
  }
  const refusedAs = (who: Who) =>
    who === 'nobody'
      ? { status: 401, code: 'TOKEN_MISSING' }
      : { status: 403, code: 'ROLE_MISSING' }

  for (const [name, operation] of Object.entries(coordinatorOperations)) {
    const allowed = may[name as keyof typeof may]
    for (const who of ['nobody', ...roles] as const) {
      const isReport = name === 'report'
      const path = operation.path.replace('{name}', isReport ? 'one' : 'orders')
      const body = isReport ? reportOf(azure, 'one', {}) : undefined
      const answer = await statusOf(who, operation.method, path, body)
      const label = `${who} asks ${name}`
      if (!allowed.includes(who)) t.match(answer, refusedAs(who), label)
      else if (name === 'obey') t.match(answer, { status: 400 }, label)
      else t.match(answer, { status: 200, code: null }, label)
    }
  }
  for (const [verb, [body, allowed]] of Object.entries(verbs)) {
    // Adopted at the end: whoever may ask is refused for another reason until then.
    if (verb === 'adopt') continue
    for (const who of roles) {
      const answer = await statusOf(who, 'post', '/v1/accounts/orders/verbs', body)
      if (allowed.includes(who)) t.match(answer, { status: 409, code: 'NOT_ADOPTED' }, verb)
      else t.match(answer, refusedAs(who), `${who} asks to ${verb}`)
    }
  }
  for (const who of ['viewer', 'approver', 'member', 'operator'] as const) {
    const answer = await statusOf(who, 'post', '/v1/accounts/orders/verbs', verbs.adopt[0])
    t.equal(answer.status, who === 'operator' ? 200 : 403, `${who} asks to adopt`)
  }
})

t.test('a name beside a token that several hold is a name, or is refused', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure))
  const as = (name: string) =>
    fetch(`${coordinator.url}/v1/accounts/orders/verbs`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${coordinator.tokens.operator}`,
        'keyturn-operator': name,
      },
      body: JSON.stringify({ verb: 'adopt' }),
    })
  t.equal((await as('two words')).status, 400)
  t.equal((await as('ada')).status, 200)
  const { body } = await ask(coordinator, 'GET', '/v1/accounts/orders/history')
  t.match(body, [{ event: { type: 'adopted', by: 'ada' } }])
})
