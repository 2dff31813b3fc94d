import { KeysetError, keysetToDocument, parseKeyset } from '@keyturn/keyring'
import t from 'tap'
import { account, newKey } from './support.ts'

const document = () => ({
  schema: 'keyturn/v1',
  account,
  endpoint: 'https://x.documents.azure.com',
  pair: 'readWrite',
  installation: 'one',
  version: 42,
  active: 'secondary',
  fenced: ['primary'],
  keys: { primary: newKey(), secondary: newKey() },
})

t.test('a keyset survives being written and read', async t => {
  const written = document()
  const keyset = parseKeyset(JSON.stringify(written))
  t.equal(keyset.version, 42)
  t.same(keyset.fenced, ['primary'])
  t.same(keysetToDocument(keyset), written)
})

t.test('a keyset cannot be printed with its keys', async t => {
  const written = document()
  const text = JSON.stringify(parseKeyset(JSON.stringify(written)))
  t.notOk(text.includes(written.keys.primary))
  t.match(text, /key:[0-9a-f]{16}/)
})

t.test('a broken keyset is refused by place and rule, and never quoted', async t => {
  const good = document()
  const secret = good.keys.primary
  const broken: [string, string, RegExp][] = [
    ['not JSON', `{ "keys": "${secret}`, /not JSON/],
    ['no keys', JSON.stringify({ ...good, keys: undefined }), /keys is missing or malformed/],
    [
      'a short key',
      JSON.stringify({ ...good, keys: { ...good.keys, primary: `${secret}x` } }),
      /keys\.primary must be 64 bytes/,
    ],
    [
      'a key as a name',
      JSON.stringify({ ...good, keys: { ...good.keys, [secret]: 1 } }),
      /keys has unknown properties/,
    ],
    [
      'an active fence',
      JSON.stringify({ ...good, fenced: ['secondary'] }),
      /active slot cannot be fenced/,
    ],
    ['a list', '[]', /the document is missing or malformed/],
    [
      'a key as schema',
      JSON.stringify({ ...good, schema: secret }),
      /schema is missing or malformed/,
    ],
    [
      'a key as slot',
      JSON.stringify({ ...good, active: secret }),
      /active is missing or malformed/,
    ],
  ]
  for (const [name, text, message] of broken) {
    const error = t.throws(() => parseKeyset(text), KeysetError)
    t.match(error, { code: 'KEYSET_INVALID', message }, name)
    const all = error instanceof Error ? `${error.message}${error.stack}${error.cause}` : ''
    t.notOk(all.includes(secret.slice(0, 20)), `${name}: nothing of the key is quoted`)
  }
})
