import { type Keys, ResilientCosmosClient, resilient } from '@keyturn/cosmos'
import { fixed, keyVault, Ring } from '@keyturn/keyring'
import t from 'tap'
import { readKeys } from '../src/keys-option.ts'
import { newKey } from './support/account.ts'

const [primary, secondary] = [newKey(), newKey()]

t.test('what keys are is told by their shape', async t => {
  const source = fixed({ primary, secondary })
  t.strictSame(readKeys(source), { is: 'source', source })
  const ring = new Ring({ source })
  t.equal(readKeys(ring).is, 'ring')
  const sources = [source, fixed({ primary, secondary })]
  t.strictSame(readKeys(sources), { is: 'sources', sources })
  t.strictSame(readKeys({ primary, secondary }).is, 'literal')
})

const wrong: readonly (readonly [name: string, keys: unknown, message: RegExp])[] = [
  ['nothing', undefined, /^"keys" is missing\. Pass a source/],
  ['null', null, /^"keys" is missing\./],
  ['one key', primary, /^"keys" is a text\./],
  ['a number', 7, /^"keys" is no object\./],
  ['an array of keys', [primary, secondary], /^"keys\[0\]" is no source\./],
  ['an array of nothing', [], /^"keys" is an empty array\./],
  ['a source and a key', [fixed({ primary, secondary }), primary], /^"keys\[1\]" is no source\./],
  ['a source that was not called', keyVault, /^"keys" is a function: call it\./],
  ['a promise', Promise.resolve({ primary, secondary }), /^"keys" is a promise: await it first\./],
  ['an empty object', {}, /^"keys\.primary" is missing/],
  ['one key of two', { primary }, /^"keys\.secondary" is missing: a client holds both keys/],
  ['an empty key', { primary, secondary: '' }, /^"keys\.secondary" is missing/],
  [
    'a key as bytes',
    { primary, secondary: Buffer.alloc(64) },
    /^"keys\.secondary" is no key of a Cosmos DB account/,
  ],
  [
    'a key that is none',
    { primary, secondary: 'geheim' },
    /^"keys\.secondary" is no key of a Cosmos DB account: expected 64 bytes/,
  ],
  ['a slot that is none', { primary, secondary, active: 'third' }, /^"keys\.active" is neither/],
  ['a pair that is none', { primary, secondary, pair: 'both' }, /^"keys\.pair" is neither/],
  ['names of Azure’s own', { primaryMasterKey: primary }, /^"keys\.primary" is missing/],
]

for (const [name, keys, message] of wrong) {
  t.test(`${name} in place of keys is refused with what to do`, async t => {
    const endpoint = 'https://x.documents.azure.com'
    const made = [
      () => new ResilientCosmosClient({ endpoint, keys: keys as Keys }),
      () => resilient(keys as Keys),
    ]
    for (const make of made) {
      const error = t.throws(make, TypeError)
      t.match(error, { message, code: 'OPTION_INVALID' })
      t.notOk(String(error).includes(primary), 'no key is quoted')
      t.notOk(String(error).includes('geheim'))
    }
  })
}
