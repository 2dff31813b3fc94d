import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { files, KeysetError, keyVault, type LiveKeyset, parseKeyset, Ring } from '@keyturn/keyring'
import { keysetDocumentSchema } from '@keyturn/protocol'
import fc from 'fast-check'
import t from 'tap'
import { account, newKey } from '../support.ts'
import { scratch } from './file-support.ts'

const keys = { primary: newKey(), secondary: newKey() }
const good = {
  schema: 'keyturn/v1',
  account,
  endpoint: 'https://x.documents.azure.com/',
  pair: 'readWrite',
  installation: 'i-1',
  version: 5,
  active: 'primary',
  fenced: [] as string[],
  keys,
}
const text = JSON.stringify(good)

/** Some of the same key, cut where a writer, a disk or a hand may cut. */
const cut = fc
  .tuple(fc.nat(text.length), fc.nat(text.length))
  .map(([a, b]) => text.slice(0, a) + text.slice(b))
const wrongField = fc
  .record({
    name: fc.constantFrom(...Object.keys(good)),
    value: fc.oneof(fc.jsonValue(), fc.constant(keys.primary), fc.constant(undefined)),
  })
  .map(({ name, value }) => JSON.stringify({ ...good, [name]: value }))
const wrongKey = fc
  .oneof(
    fc.string(),
    fc.base64String({ maxLength: 100 }),
    fc.nat(88).map(end => keys.secondary.slice(end)),
  )
  .map(key =>
    JSON.stringify({ ...good, version: 6, keys: { primary: key, secondary: keys.secondary } }),
  )
const older = fc.nat(4).map(version =>
  JSON.stringify({
    ...good,
    version,
    keys: { primary: keys.secondary, secondary: keys.primary },
  }),
)
const otherAccount = fc
  .uuid()
  .map(id => JSON.stringify({ ...good, version: 9, account: account.replace(/x$/, id) }))
const garbage = fc.oneof(fc.string(), fc.json(), cut, wrongField, wrongKey, older, otherAccount)

/** A keyset that a coordinator could have written after the one that is held. */
const isWhole = (keyset: LiveKeyset): boolean =>
  keyset.account.toLowerCase() === account.toLowerCase() &&
  keyset.version >= good.version &&
  !keyset.fenced.includes(keyset.active) &&
  [keyset.keys.primary, keyset.keys.secondary].every(key => key.reveal().length === 88)

/** Long enough to be of use to nobody who guesses, short enough to catch a part of a key. */
const quotes = (told: unknown): boolean =>
  [keys.primary, keys.secondary].some(key =>
    [0, 20, 40, 60].some(at => String(told).includes(key.slice(at, at + 20))),
  )

t.test('a text is a keyset as the schema has it, or is refused without a quotation', async t => {
  fc.assert(
    fc.property(garbage, given => {
      try {
        parseKeyset(given)
        return keysetDocumentSchema.safeParse(JSON.parse(given)).success
      } catch (error) {
        return error instanceof KeysetError && !quotes(`${error.stack}${error.cause}`)
      }
    }),
    { numRuns: 2_000 },
  )
  t.pass('2,000 texts')
})

t.test('whatever a vault holds, the last good keyset stays and no key is told', async t => {
  const secret = { value: text, version: 0 }
  const source = keyVault({
    vaultUrl: 'https://v.vault.azure.net',
    secretName: 'orders',
    pollMs: 3_600_000,
    client: {
      getSecret: async () => ({
        value: secret.value,
        properties: { version: `${secret.version}` },
      }),
    },
  })
  const ring = new Ring({ source }).start()
  t.teardown(() => source.stop())
  const look = async (value: string) => {
    secret.value = value
    secret.version += 1
    await source.refresh('requested', AbortSignal.timeout(5_000)).catch(() => undefined)
  }
  await look(text)
  await fc.assert(
    fc.asyncProperty(garbage, async given => {
      const before = ring.current
      await look(given)
      const { current } = ring
      const { lastError, ageMs } = source.status()
      if (current === null || !isWhole(current) || quotes(lastError) || ageMs === null) return false
      return current === before || current.version > (before?.version ?? 0)
    }),
    { numRuns: 500 },
  )
  t.pass('500 secrets')
})

t.test('whatever files hold, the last good keyset stays and no key is told', async t => {
  const directory = await scratch(t)
  const source = files({ directory, pollMs: 3_600_000 })
  await writeFile(join(directory, 'keyset.json'), text)
  const ring = new Ring({ source }).start()
  t.teardown(() => source.stop())
  const look = () => source.refresh('requested', AbortSignal.timeout(5_000)).catch(() => undefined)
  await look()
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('keyset.json', 'primary', 'active'),
      garbage,
      async (name, given) => {
        const before = ring.current
        await writeFile(join(directory, name), given)
        await look()
        const { current } = ring
        if (current === null || !isWhole(current) || quotes(source.status().lastError)) return false
        return current === before || current.version > (before?.version ?? 0)
      },
    ),
    { numRuns: 200 },
  )
  t.pass('200 files')
})
