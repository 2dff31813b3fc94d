import t, { type Test } from 'tap'
import { AzureSim, VirtualClock } from '../../packages/azure-sim/src/index.ts'
import {
  armRequest,
  type RawAnswer,
  rawRequest,
  trust,
} from '../../packages/azure-sim/test/clients.ts'
import { azureSpec } from '../../packages/azure-sim/test/specs.ts'
import { vaultChallenge } from './support/facts.ts'
import { equal, fits } from './support/pattern.ts'
import {
  exclusiveLockText,
  recording,
  recordingNotHeld,
  seenElsewhere,
} from './support/recording.ts'
import { Scoring } from './support/score.ts'

const { accept, polls, observedDurations, listKeys, readonlykeys } = recording
const version = '2020-06-01-preview'
const pollMs = 30_000

/** Which facts there are: the recording's, and the challenge's. Each is counted when it is met. */
const facts: readonly string[] = [
  ...['accept status', 'accept body'],
  ...Object.keys(accept.response.headers).map(name => `accept ${name}`),
  ...accept.response.absentHeaders.map(name => `accept without ${name}`),
  ...polls.map(({ body }) => `poll ${body}`),
  ...observedDurations.map(({ keyKind }) => `duration of ${keyKind}`),
  ...Object.keys(listKeys).map(name => `listKeys ${name}`),
  ...Object.keys(readonlykeys).map(name => `readonlykeys ${name}`),
  ...Object.keys(seenElsewhere),
  ...['challenge status', 'challenge body'],
  ...Object.keys(vaultChallenge.headers).map(name => `challenge ${name}`),
]
const scoring = new Scoring('recordings', facts.length)
const met = new Set<string>()
for (const [name, reason] of Object.entries(recordingNotHeld)) scoring.skip(name, reason)

const hold = (t: Test, name: string, problems: readonly string[]) => {
  t.ok(facts.includes(name) && !met.has(name), `${name} is a fact, and met once`)
  met.add(name)
  scoring.count(name, problems)
  t.same(problems, [], name)
}

const clock = new VirtualClock()
const durations = observedDurations.map(each => ('seconds' in each ? secondsOf(each.seconds) : 420))
const sim = await AzureSim.start({ seed: 3, clock, tokenLifetimeSeconds: 86_400 })
t.teardown(() => sim.stop())
trust(sim)

/** `>122`: at 122 s it still ran. */
function secondsOf(seconds: number | string): number {
  return typeof seconds === 'number' ? seconds : Number(seconds.slice(1)) + 1
}

const fieldsOf = (body: unknown) => Object.keys(body as Record<string, unknown>)
const regenerate = (keyKind: string) =>
  armRequest(sim, 'POST', '/regenerateKey', { version, body: { keyKind } })
const keys = async () => (await armRequest(sim, 'POST', '/listKeys', { version })) as RawAnswer

/** The recorded URL at the simulator's address; its names vary. */
const here = (url: string): string => url.replace('https://management.azure.com', sim.armEndpoint)

t.test('the facts are those of the recording', { skip: azureSpec.skip }, async t => {
  const file = (await azureSpec.read('arm/recordings/regenerateKey-real-service.json')) as {
    otherRealServiceEvidence: readonly { what: string; source: string }[]
  }
  t.match(file, recording)
  const known = [...Object.keys(recording), 'about', 'otherRealServiceEvidence']
  const others = file.otherRealServiceEvidence.map(({ source }) => source)
  const reasoned = [...Object.values(seenElsewhere), ...Object.keys(recordingNotHeld)]
  const unknown = [...Object.keys(file).filter(name => !known.includes(name)), ...others]
  t.same(
    unknown.filter(name => !(reasoned as readonly string[]).includes(name)),
    [],
    'each entry is held, or has a reason why not',
  )
  const lock = file.otherRealServiceEvidence.find(
    ({ source }) => source === seenElsewhere.exclusiveLock,
  )
  t.ok(
    lock?.what.includes(JSON.stringify(exclusiveLockText).slice(1, -1)) ||
      lock?.what.includes(exclusiveLockText),
  )
  const { challenge } = (await azureSpec.read('keyvault/errors-and-challenge.json')) as {
    challenge: { realRecording: unknown }
  }
  const { source: _, ...recorded } = vaultChallenge
  t.match(challenge.realRecording, recorded)
})

const accepted = async (t: Test): Promise<RawAnswer> => {
  const answer = await regenerate('primary')
  hold(t, 'accept status', equal('status', accept.response.status, answer.status))
  hold(t, 'accept body', equal('body', accept.response.body, answer.text))
  for (const [name, value] of Object.entries(accept.response.headers)) {
    const isCount = name.startsWith('x-ms-ratelimit')
    // Gateways have moved on, and so have the limits; the form stays.
    const form = isCount ? '{version}' : value.replace(/^version=.*/, 'version={version}')
    const given = answer.headers.get(name) ?? ''
    const found = fits(name, here(form), isCount && /^\d+$/.test(given) ? `${given}.0` : given)
    hold(t, `accept ${name}`, found)
  }
  for (const name of accept.response.absentHeaders) {
    hold(t, `accept without ${name}`, equal(name, null, answer.headers.get(name)))
  }
  return answer
}

t.test('the recorded operation, step by step', async t => {
  sim.regeneration.durationMs = secondsOf(observedDurations[0].seconds) * 1_000
  const first = await keys()
  hold(t, 'listKeys status', equal('status', listKeys.status, first.status))
  hold(t, 'listKeys bodyFields', equal('fields', listKeys.bodyFields, fieldsOf(first.body)))
  hold(t, 'listKeys contentLength', equal('length', listKeys.contentLength, first.text.length))
  const answer = await accepted(t)
  const status = answer.headers.get('azure-asyncoperation') ?? ''
  const location = answer.headers.get('location') ?? ''
  const seen: string[] = []
  const [dequeued, succeeded] = polls

  clock.advance(pollMs)
  const running = await armRequest(sim, 'GET', status)
  seen.push(running.text)
  const elsewhere = await armRequest(sim, 'GET', location)
  hold(t, 'location', [
    ...equal('status', 202, elsewhere.status),
    ...equal('body', dequeued.body, elsewhere.text),
    ...(elsewhere.headers.has('location') ? [] : ['there is no Location header']),
  ])
  const refused = await regenerate('secondary')
  const { error } = refused.body as { error: { code: string; message: string } }
  hold(t, 'exclusiveLock', [
    ...equal('status', 412, refused.status),
    ...equal('code', 'PreconditionFailed', error.code),
    ...fits('message', exclusiveLockText.replace('[acct]', `[${sim.accountName}]`), error.message),
  ])
  for (let waited = 2 * pollMs; waited <= 4 * pollMs; waited += pollMs) {
    clock.advance(pollMs)
    seen.push((await armRequest(sim, 'GET', status)).text)
  }
  const repeated = [dequeued.body, dequeued.body, dequeued.body, succeeded.body]
  hold(t, `poll ${dequeued.body}`, [
    ...equal('status', dequeued.status, running.status),
    ...equal('polls', repeated, seen),
  ])
  hold(t, `poll ${succeeded.body}`, equal('last', succeeded.body, seen.at(-1)))
  t.equal((await armRequest(sim, 'GET', location)).status, 200)
})

t.test('each recorded duration, and what differs after all four', async t => {
  const first = await keys()
  for (const [at, { keyKind }] of observedDurations.entries()) {
    const seconds = durations[at] ?? 0
    sim.regeneration.durationMs = seconds * 1_000
    const status = (await regenerate(keyKind)).headers.get('azure-asyncoperation') ?? ''
    clock.advance(seconds * 1_000 - 1)
    const before = (await armRequest(sim, 'GET', status)).text
    clock.advance(1)
    const after = (await armRequest(sim, 'GET', status)).text
    hold(
      t,
      `duration of ${keyKind}`,
      equal(
        'polls',
        polls.map(({ body }) => body),
        [before, after],
      ),
    )
  }
  const last = await keys()
  const [one, other] = [first.body, last.body] as Record<string, string>[]
  const same = listKeys.bodyFields.filter(field => one?.[field] === other?.[field])
  hold(
    t,
    'listKeys afterAllFour',
    same.map(field => `${field} is the same`),
  )
})

t.test('the recorded answer of readonlykeys', async t => {
  const answer = await armRequest(sim, 'POST', '/readonlykeys', { version })
  hold(t, 'readonlykeys status', equal('status', readonlykeys.status, answer.status))
  hold(
    t,
    'readonlykeys bodyFields',
    equal('fields', readonlykeys.bodyFields, fieldsOf(answer.body)),
  )
  hold(
    t,
    'readonlykeys contentLength',
    equal('length', readonlykeys.contentLength, answer.text.length),
  )
})

t.test('the recorded challenge of a vault', async t => {
  const answer = await rawRequest(`${sim.vaultUrl}/secrets?api-version=7.5`)
  hold(t, 'challenge status', equal('status', vaultChallenge.status, answer.status))
  hold(t, 'challenge body', equal('body', vaultChallenge.body, answer.body))
  for (const [name, value] of Object.entries(vaultChallenge.headers)) {
    // Another region, and the simulator's own authority.
    const form = value
      .replace(/^eastus$/, '{region}')
      .replace('https://login.windows.net', sim.authorityHost)
    hold(t, `challenge ${name}`, fits(name, form, answer.headers.get(name) ?? ''))
  }
})

t.test('no fact was left out', async t => {
  t.same(
    facts.filter(name => !met.has(name)),
    [],
  )
})
