import { createSecretKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { parseAddress } from '../../src/cosmos/address.ts'
import {
  parseAuthorization,
  sign,
  signatureBytes,
  stringToSign,
  verifies,
} from '../../src/cosmos/signature.ts'
import { type Vector, vectors } from './support/vectors.ts'

const secretOf = (key: string) => createSecretKey(Buffer.from(key, 'base64'))

/** Rid-based links are lower-cased before they are signed; the sources give them as in the URL. */
const signedLink = ({ resourceLink }: Vector) =>
  resourceLink.startsWith('dbs/') ? resourceLink : resourceLink.toLowerCase()

const textOf = (vector: Vector) => stringToSign({ ...vector, resourceLink: signedLink(vector) })

function accepts(vector: Vector, header: string, text = textOf(vector)): boolean {
  const authorization = parseAuthorization(header)
  if (authorization?.type !== 'master' || authorization.version !== '1.0') return false
  const bytes = signatureBytes(authorization.signature)
  return bytes !== undefined && verifies(text, bytes, secretOf(vector.key))
}

t.test('all fifty published signatures are accepted', async t => {
  t.equal(vectors.length, 50)
  for (const vector of vectors) t.ok(accepts(vector, vector.authorization), vector.id)
})

t.test('the URL of a published request tells the type and link that were signed', async t => {
  const withUrl = vectors.filter(({ url }) => url !== null)
  t.equal(withUrl.length, 45)
  for (const vector of withUrl) {
    const address = parseAddress(new URL(vector.url ?? '').pathname)
    t.same([address.type, address.link], [vector.resourceType, signedLink(vector)], vector.id)
  }
})

t.test('either case of percent-encoding, and none at all, mean the same', async t => {
  for (const vector of vectors) {
    const plain = decodeURIComponent(vector.authorization)
    const upper = encodeURIComponent(plain)
    const lower = upper.replaceAll(/%../g, digits => digits.toLowerCase())
    t.ok(accepts(vector, upper) && accepts(vector, lower), vector.id)
    t.ok(accepts(vector, plain.replaceAll('+', '%2B')), vector.id)
  }
})

t.test('a plus that is not encoded is a space, so that its signature is another', async t => {
  const withPlus = vectors.filter(({ authorization }) => /%2b/i.test(authorization))
  t.ok(withPlus.length > 10)
  for (const vector of withPlus) {
    t.notOk(accepts(vector, decodeURIComponent(vector.authorization)), vector.id)
  }
})

t.test('what follows a comma is another header, and not read', async t => {
  for (const vector of vectors) {
    t.ok(accepts(vector, `${vector.authorization},type=master&ver=1.0&sig=x`), vector.id)
  }
})

const anyVector = fc.constantFrom(...vectors)

t.test('a signature that differs in any one byte is refused', async t => {
  fc.assert(
    fc.property(anyVector, fc.nat(31), fc.integer({ min: 1, max: 255 }), (vector, at, flip) => {
      const signature = sign(textOf(vector), secretOf(vector.key))
      signature[at] = (signature[at] ?? 0) ^ flip
      const header = `type=master&ver=1.0&sig=${signature.toString('base64')}`
      return !accepts(vector, encodeURIComponent(header))
    }),
    { numRuns: 500 },
  )
  t.pass('none was taken')
})

t.test('a header that differs in any one character is refused', async t => {
  fc.assert(
    fc.property(
      anyVector,
      fc.nat(),
      fc.integer({ min: 0x21, max: 0x7e }),
      (vector, place, code) => {
        const header = decodeURIComponent(vector.authorization)
        const at = place % header.length
        const changed = header.slice(0, at) + String.fromCharCode(code) + header.slice(at + 1)
        // Only the type's own name is read in any case.
        const isType = at >= 5 && at < header.indexOf('&')
        const same = isType && changed.toLowerCase() === header.toLowerCase()
        return changed === header || same || !accepts(vector, encodeURIComponent(changed))
      },
    ),
    { numRuns: 2_000 },
  )
  t.pass('none was taken')
})

t.test('a request that differs from the signed one in any one byte is refused', async t => {
  fc.assert(
    fc.property(anyVector, fc.nat(), fc.integer({ min: 1, max: 127 }), (vector, place, flip) => {
      const bytes = Buffer.from(textOf(vector), 'utf8')
      const at = place % bytes.length
      bytes[at] = (bytes[at] ?? 0) ^ flip
      return !accepts(vector, vector.authorization, bytes.toString('latin1'))
    }),
    { numRuns: 2_000 },
  )
  t.pass('none was taken')
})

t.test('a key that differs in any one byte is refused', async t => {
  fc.assert(
    fc.property(anyVector, fc.nat(), fc.integer({ min: 1, max: 255 }), (vector, place, flip) => {
      const key = Buffer.from(vector.key, 'base64')
      const at = place % key.length
      key[at] = (key[at] ?? 0) ^ flip
      return !accepts({ ...vector, key: key.toString('base64') }, vector.authorization)
    }),
    { numRuns: 500 },
  )
  t.pass('none was taken')
})

t.test('any text at all is read as a header without throwing', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const authorization = parseAuthorization(text)
      return authorization === undefined || authorization.signature !== ''
    }),
  )
  t.pass('none threw')
})

const specs =
  process.env['AZURE_SPECS'] ?? join(import.meta.dirname, '../../../../../shared/azure-specs')
const file = join(specs, 'cosmos/vectors.json')

t.test(
  'the published file itself, where it lies, holds these vectors',
  {
    skip: existsSync(file) ? false : 'the folder of published files is absent (AZURE_SPECS)',
  },
  async t => {
    const published = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
    t.equal(published.vectors.length, vectors.length)
    for (const [at, vector] of published.vectors.entries()) {
      t.equal(vectors[at]?.authorization, vector.expectedAuthorization, vector.id)
      const text = textOf({ ...vector })
      t.equal(text, vector.stringToSign, vector.id)
      t.ok(accepts(vector, vector.expectedAuthorization), vector.id)
    }
  },
)
