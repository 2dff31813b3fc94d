import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import {
  type Fingerprint,
  fingerprintOf,
  isAccountKey,
  isFingerprint,
  type Keyset,
  SecretKey,
  slotOf,
  standbyOf,
} from '@keyturn/core'
import t from 'tap'

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex')
const value = `${'A'.repeat(86)}==`
const named = (digit: string) => ({ fingerprint: digit.repeat(16) as Fingerprint })

t.test('a fingerprint is 16 hex digits of a hash over more than the key', async t => {
  const fingerprint = fingerprintOf(value, sha256Hex)
  t.equal(fingerprint, sha256Hex(`keyturn:${value}`).slice(0, 16))
  t.not(fingerprint, sha256Hex(value).slice(0, 16))
  t.ok(isFingerprint(fingerprint))
  t.throws(() => fingerprintOf(value, text => sha256Hex(text).toUpperCase()), TypeError)
})

t.test('a key says itself only where it is asked to by that one word', async t => {
  const key = new SecretKey(value, sha256Hex)
  t.equal(key.reveal(), value)
  const said = `key:${key.fingerprint}`
  t.equal(`${key}`, said)
  t.equal(JSON.stringify({ key }), JSON.stringify({ key: said }))
  t.equal(inspect(key), said)
})

t.test('an account key is 64 bytes in base64', async t => {
  t.ok(isAccountKey(value))
  t.notOk(isAccountKey(value.slice(1)))
  t.notOk(isAccountKey(`${'A'.repeat(85)}B==`), 'bits beyond the 64th byte')
})

t.test('a slot is found by the key that stands in it', async t => {
  const keyset: Keyset = {
    ...{ account: '', endpoint: '', pair: 'readWrite', installation: null, version: 1 },
    ...{ active: 'secondary', fenced: [] },
    keys: { primary: named('a'), secondary: named('b') },
  }
  t.equal(slotOf(keyset, named('b').fingerprint), 'secondary')
  t.equal(slotOf(keyset, named('c').fingerprint), null)
  t.equal(standbyOf(keyset), 'primary')
})
