import t from 'tap'
import { AzureSim, VirtualClock } from '../../packages/azure-sim/src/index.ts'
import { trust } from '../../packages/azure-sim/test/clients.ts'
import { azureSpec } from '../../packages/azure-sim/test/specs.ts'
import { cosmosSituations, prepared } from './support/cosmos-situations.ts'
import {
  clockSamples,
  cosmosRefusals,
  notHeld,
  type Refusal,
  substatusesNotHeld,
  vaultRefusals,
} from './support/facts.ts'
import { equal, fits } from './support/pattern.ts'
import { Scoring } from './support/score.ts'
import { type DataAnswer, dataRequest } from './support/signed-request.ts'
import { substatusSituations } from './support/substatus-situations.ts'
import { vaultSituations } from './support/vault-situations.ts'

interface Published {
  readonly [name: string]: unknown
  readonly gateway403_clockSkew: { readonly samples: readonly Record<string, unknown>[] }
  readonly substatusTable: Readonly<Record<string, Record<string, string> | readonly string[]>>
}

const published =
  azureSpec.skip === false ? ((await azureSpec.read('cosmos/errors.json')) as Published) : null
const substatuses = Object.entries(published?.substatusTable ?? {}).flatMap(([status, meanings]) =>
  Array.isArray(meanings) ? [] : Object.keys(meanings).map(substatus => `${status} ${substatus}`),
)
const held = substatuses.filter(name => !(name in substatusesNotHeld))

const total =
  Object.keys(cosmosRefusals).length + clockSamples.length + vaultRefusals.length + held.length
const scoring = new Scoring('errors', total)
for (const [name, reason] of Object.entries({ ...notHeld, ...substatusesNotHeld })) {
  scoring.skip(name, reason)
}
if (published === null) scoring.skip('substatusTable', 'Azure’s published files are not here')

const clock = new VirtualClock()
const sim = await AzureSim.start({ seed: 5, clock, tokenLifetimeSeconds: 86_400 * 365 * 20 })
t.teardown(() => sim.stop())
trust(sim)
await prepared(sim)

/** Field by field: what the evidence has must be there. */
const complaints = (expected: Refusal, { status, headers, body }: DataAnswer): string[] => {
  const message = expected.body?.message ?? expected.message ?? expected.messagePattern
  const code = expected.body?.code ?? expected.code
  const start = expected.messageStartsWith
  return [
    equal('status', expected.status, status),
    code === undefined ? [] : equal('code', code, body.code),
    message === undefined ? [] : fits('message', message, body.message),
    start === undefined ? [] : equal('message', start, body.message?.slice(0, start.length)),
    expected.substatus === undefined
      ? []
      : equal('substatus', String(expected.substatus), headers.get('x-ms-substatus')),
    ...Object.entries(expected.headers ?? {}).map(([name, value]) =>
      headerComplaint(name, value, headers.get(name)),
    ),
    Object.keys(body).length === 2 ? [] : [`the body has ${Object.keys(body).join(', ')}`],
  ].flat()
}

const headerComplaint = (name: string, value: string, given: string | null): readonly string[] => {
  // How a body is framed is the connection's business; no client can tell.
  if (name === 'transfer-encoding') return []
  return fits(name, name === 'date' ? '{RFC1123}' : value, given ?? '')
}

t.test('the facts are those of the published file', { skip: azureSpec.skip }, async t => {
  for (const [name, facts] of Object.entries(cosmosRefusals))
    t.match(published?.[name], facts, name)
  const known = [...Object.keys(cosmosRefusals), ...Object.keys(notHeld), 'about', 'substatusTable']
  t.same(
    Object.keys(published ?? {}).filter(name => !known.includes(name)),
    [],
    'each entry has a situation, or a reason why not',
  )
  const samples = published?.gateway403_clockSkew.samples ?? []
  // One recorded answer has an expiry of its own; Microsoft's fifteen minutes are in all others.
  const usual = samples.filter(({ start, expiry }) => start !== expiry)
  t.equal(usual.length, samples.length - 1)
  t.match(
    usual,
    clockSamples.map(({ start, expiry, server }) => ({ start, expiry, server })),
  )
  t.equal(usual.length, clockSamples.length)
})

t.test('each recorded refusal of the data plane, in its situation', async t => {
  for (const [name, bringAbout] of Object.entries(cosmosSituations)) {
    const facts: Refusal = cosmosRefusals[name as keyof typeof cosmosRefusals]
    const answers = await bringAbout(sim, clock)
    const found = answers.flatMap(answer => complaints(facts, answer))
    scoring.count(name, found)
    t.same(found, [], name)
  }
  t.same(Object.keys(cosmosSituations).toSorted(), Object.keys(cosmosRefusals).toSorted())
})

t.test('each recorded clock is refused with its own times', async t => {
  for (const { start, expiry, server, source } of clockSamples) {
    const past = new VirtualClock(Date.parse(server))
    const then = await AzureSim.start({ seed: 6, clock: past })
    trust(then)
    const answer = await dataRequest(then, { type: 'dbs', link: '', path: '/dbs', date: start })
    await then.stop()
    const message = cosmosRefusals.gateway403_clockSkew.messagePattern
      .replace('{RFC1123}', start)
      .replace('{RFC1123 = start + 15 min}', expiry)
      .replace('{RFC1123}', server)
    const found = complaints({ status: 403, substatus: 0, code: 'Forbidden', message }, answer)
    scoring.count(`clock of ${source}`, found)
    t.same(found, [], source)
  }
})

t.test(
  'each substatus of the table, in a situation that brings it about',
  { skip: azureSpec.skip },
  async t => {
    for (const name of held) {
      const [status, substatus] = name.split(' ')
      const answer = await substatusSituations[name]?.(sim, clock)
      const found =
        answer === undefined
          ? ['no situation brings it about']
          : [
              ...equal('status', Number(status), answer.status),
              ...equal('substatus', substatus, answer.headers.get('x-ms-substatus')),
            ]
      scoring.count(`substatus ${name}`, found)
      t.same(found, [], name)
    }
  },
)

t.test('each recorded refusal of the vault, in its situation', async t => {
  for (const facts of vaultRefusals) {
    const answer = await vaultSituations[facts.message]?.(sim, clock)
    const error = answer?.body.error
    const found =
      answer === undefined
        ? ['no situation brings it about']
        : [
            equal('status', facts.status, answer.status),
            equal('code', facts.code, error?.code),
            fits('message', facts.message, error?.message),
            facts.innererror === undefined
              ? []
              : equal('innererror', facts.innererror, error?.innererror?.code),
          ].flat()
    scoring.count(`vault: ${facts.message}`, found)
    t.same(found, [], facts.source)
  }
})

t.test('the vault’s facts are those of the published file', { skip: azureSpec.skip }, async t => {
  const { errors } = (await azureSpec.read('keyvault/errors-and-challenge.json')) as {
    errors: readonly Record<string, unknown>[]
  }
  t.equal(errors.length, vaultRefusals.length)
  for (const [at, facts] of vaultRefusals.entries()) {
    const { status, code, message, innererror } = facts
    const given = errors[at] ?? {}
    const flat =
      'body' in given
        ? { status, body: { error: { code, message } } }
        : { status, code, message, innererror }
    t.match(given, flat, facts.source)
  }
})
