import { SecretClient } from '@azure/keyvault-secrets'
import { AzureSim } from '@keyturn/azure-sim'
import { keyVault, Ring, type SecretReader } from '@keyturn/keyring'
import { keysetDocumentSchema } from '@keyturn/protocol'
import t from 'tap'
import { ManualClock, newKey } from '../support.ts'

const account =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/orders'
const keys = { primary: newKey(), secondary: newKey() }
const text = (version: number, change: object = {}): string =>
  JSON.stringify(
    keysetDocumentSchema.parse({
      schema: 'keyturn/v1',
      account,
      endpoint: 'https://orders.documents.azure.com/',
      pair: 'readWrite',
      installation: 'i-1',
      version,
      active: 'primary',
      fenced: [],
      keys,
      ...change,
    }),
  )

/** A vault of one secret, in memory. */
class FakeVault implements SecretReader {
  reads = 0
  version = 1
  value = text(1)
  failure: unknown = null
  hangs = false
  #readers: (() => void)[] = []

  async getSecret() {
    this.reads += 1
    for (const wake of this.#readers.splice(0)) wake()
    if (this.failure !== null) throw this.failure
    if (this.hangs) await new Promise(() => undefined)
    return { value: this.value, properties: { version: `v${this.version}` } }
  }

  put(value: string): void {
    this.value = value
    this.version += 1
  }

  async untilRead(reads: number): Promise<void> {
    while (this.reads < reads) await new Promise<void>(resolve => this.#readers.push(resolve))
    // The source goes on in the microtasks that follow the read.
    await new Promise(resolve => setImmediate(resolve))
  }
}

const follow = (t: { teardown(clean: () => unknown): unknown }) => {
  const vault = new FakeVault()
  const clock = new ManualClock()
  const source = keyVault({
    vaultUrl: 'https://v.vault.azure.net',
    secretName: 'orders',
    client: vault,
    clock,
    chance: () => 0.5,
  })
  const ring = new Ring({ source, clock })
  ring.start()
  t.teardown(() => source.stop())
  return { vault, clock, source, ring }
}

t.test('it polls, and parses a version of the secret once', async t => {
  const { vault, clock, source, ring } = follow(t)
  await vault.untilRead(1)
  const first = ring.current
  t.equal(first?.version, 1)
  clock.pass(29_999)
  t.equal(vault.reads, 1)
  clock.pass(1)
  await vault.untilRead(2)
  t.equal(ring.current, first, 'the same version: the very same object')
  vault.put(text(2))
  clock.pass(30_000)
  await vault.untilRead(3)
  t.equal(ring.current?.version, 2)
  t.match(source.status(), { kind: 'keyVault', serving: 'keyVault', ageMs: 0, lastError: null })
})

t.test('a version that was looked into is never looked into again', async t => {
  const { vault, source, ring } = follow(t)
  const look = () => source.refresh('requested', AbortSignal.timeout(1_000))
  await vault.untilRead(1)
  // No vault does this: it only shows that the text is left alone.
  vault.value = 'no json'
  await look()
  t.equal(source.status().lastError, null)
  vault.put('no json')
  await t.rejects(look(), { message: /not JSON/ })
  vault.value = text(2)
  await t.rejects(look(), { message: /not JSON/ })
  t.equal(ring.current?.version, 1)
})

t.test('a refresh reads at once, and again for who asks while one runs', async t => {
  const { vault, ring } = follow(t)
  await vault.untilRead(1)
  vault.put(text(2))
  t.equal(await ring.refresh('announced'), 'swapped')
  t.equal(ring.current?.version, 2)
})

t.test('whatever comes, the last good keyset stays, and its age is told', async t => {
  const { vault, clock, source, ring } = follow(t)
  await vault.untilRead(1)
  const secret = newKey()
  const bad = [
    '',
    'no json',
    `{"primary":"${secret}"`,
    JSON.stringify({ schema: 'keyturn/v1', [secret]: secret }),
    text(2, { account: account.replace('orders', 'other') }),
    text(0),
  ]
  for (const value of bad) {
    vault.put(value)
    await source.refresh('requested', AbortSignal.timeout(1_000)).catch(() => undefined)
    t.equal(ring.current?.version, 1, value.slice(0, 20))
    const { lastError } = source.status()
    t.type(lastError, 'string')
    t.notMatch(lastError, secret)
  }
  clock.pass(5_000)
  t.equal(source.status().ageMs, 5_000)
  vault.put(text(3))
  await source.refresh('requested', AbortSignal.timeout(1_000))
  t.equal(ring.current?.version, 3)
  t.equal(source.status().lastError, null)
})

t.test('failures are met with back-off, and Retry-After is honoured', async t => {
  const { vault, clock, source } = follow(t)
  await vault.untilRead(1)
  vault.failure = Object.assign(new Error('x'), { statusCode: 500 })
  clock.pass(30_000)
  await vault.untilRead(2)
  clock.pass(375)
  await vault.untilRead(3)
  t.match(source.status().lastError, /HTTP 500/)
  vault.failure = Object.assign(new Error('x'), {
    statusCode: 429,
    response: { headers: new Headers({ 'retry-after': '20' }) },
  })
  clock.pass(750)
  await vault.untilRead(4)
  t.match(source.status().lastError, /HTTP 429/)
  clock.pass(19_000)
  await new Promise(resolve => setImmediate(resolve))
  t.equal(vault.reads, 4)
  vault.failure = null
  clock.pass(1_000)
  await vault.untilRead(5)
  t.equal(source.status().lastError, null)
})

t.test('a vault that hangs is asked again', async t => {
  const { vault, clock, source, ring } = follow(t)
  await vault.untilRead(1)
  vault.hangs = true
  clock.pass(30_000)
  await vault.untilRead(2)
  clock.pass(20_000)
  await new Promise(resolve => setImmediate(resolve))
  t.match(source.status().lastError, /could not be read \(TimeoutError\)/)
  vault.hangs = false
  vault.put(text(2))
  clock.pass(500)
  await vault.untilRead(3)
  t.equal(ring.current?.version, 2)
})

t.test('stopping does not wait for a vault that hangs', async t => {
  const { vault, clock, source } = follow(t)
  await vault.untilRead(1)
  vault.hangs = true
  clock.pass(30_000)
  await vault.untilRead(2)
  await source.stop()
  t.pass('stopped')
})

t.test('a caller that stops waiting does not stop the read', async t => {
  const { vault, source, ring } = follow(t)
  await vault.untilRead(1)
  vault.put(text(2))
  const over = new AbortController()
  const waiting = source.refresh('refused', over.signal)
  over.abort(new Error('over'))
  await t.rejects(waiting, /over/)
  await vault.untilRead(2)
  t.equal(ring.current?.version, 2)
})

t.test('after stop nothing is offered and nothing is read', async t => {
  const { vault, clock, source, ring } = follow(t)
  await vault.untilRead(1)
  await source.stop()
  vault.put(text(2))
  clock.pass(120_000)
  await t.rejects(source.refresh('requested', AbortSignal.timeout(1_000)))
  t.equal(vault.reads, 1)
  t.equal(ring.current?.version, 1)
})

t.test('whoever was told when to come back comes back then, whoever asks', async t => {
  const { vault, clock, source, ring } = follow(t)
  await vault.untilRead(1)
  vault.failure = Object.assign(new Error('x'), {
    statusCode: 429,
    response: { headers: new Headers({ 'retry-after': '20' }) },
  })
  const look = () => source.refresh('refused', AbortSignal.timeout(1_000))
  await t.rejects(look(), { message: /HTTP 429/ })
  t.equal(vault.reads, 2)
  await t.rejects(look(), { message: /HTTP 429/ })
  t.equal(vault.reads, 2, 'the vault was left alone')
  vault.failure = null
  vault.put(text(2))
  clock.pass(20_000)
  await vault.untilRead(3)
  t.equal(ring.current?.version, 2, 'and the loop came back at that very moment')
  await look()
  t.equal(vault.reads, 4)
})

t.test(
  'a look that somebody asked for moves the next poll, and so does one that failed',
  async t => {
    const { vault, clock, source } = follow(t)
    await vault.untilRead(1)
    clock.pass(20_000)
    await source.refresh('requested', AbortSignal.timeout(1_000))
    t.equal(vault.reads, 2)
    clock.pass(29_999)
    await new Promise(resolve => setImmediate(resolve))
    t.equal(vault.reads, 2)
    clock.pass(1)
    await vault.untilRead(3)
    vault.failure = new Error('x')
    await t.rejects(source.refresh('requested', AbortSignal.timeout(1_000)))
    vault.failure = null
    clock.pass(500)
    await vault.untilRead(5)
    t.equal(source.status().lastError, null, 'it was not left to the poll')
  },
)

t.test('it follows a vault through the unmodified SDK', async t => {
  const azure = await AzureSim.start({ seed: 3 })
  t.teardown(() => azure.stop())
  const clientOptions = { tlsOptions: { ca: azure.ca } }
  const writer = new SecretClient(azure.vaultUrl, azure.credential, {
    ...clientOptions,
    disableChallengeResourceVerification: true,
  })
  const source = keyVault({
    vaultUrl: azure.vaultUrl,
    secretName: 'orders',
    credential: azure.credentialOf('reader'),
    clientOptions,
  })
  const ring = new Ring({ source }).start()
  t.teardown(() => source.stop())
  await t.rejects(source.refresh('requested', AbortSignal.timeout(5_000)), {
    code: 'VAULT_UNREADABLE',
    message: /HTTP 404.*publish the keyset/,
  })
  await writer.setSecret('orders', text(1))
  await source.refresh('requested', AbortSignal.timeout(5_000))
  t.equal(ring.current?.version, 1)
  const { properties } = await writer.getSecret('orders')
  await writer.updateSecretProperties('orders', properties.version ?? '', { enabled: false })
  await t.rejects(source.refresh('requested', AbortSignal.timeout(5_000)), /HTTP 403/)
  t.equal(ring.current?.version, 1)
})
