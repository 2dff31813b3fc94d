import { createHmac } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  accountRead,
  authorizationHeader,
  isAccountRead,
  signedPrefix,
  stringToSign,
} from '@keyturn/core'
import t from 'tap'

const sign = (key: string, text: string): string =>
  createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64')

t.test('the documented example is signed as Microsoft shows it', async t => {
  // https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources
  const key =
    'dsZQi3KtZmCv1ljt3VNWNm7sQUF1y5rJfC6kv5JiwvW0EndXdDku/dkKBp8/ufDToSxLzR4y+O/0H/t4bQtVNw=='
  const prefix = signedPrefix({ verb: 'GET', resourceType: 'dbs', resourceLink: 'dbs/ToDoList' })
  const text = stringToSign(prefix, 'Thu, 27 Apr 2017 00:51:12 GMT')
  t.equal(text, 'get\ndbs\ndbs/ToDoList\nthu, 27 apr 2017 00:51:12 gmt\n\n')
  t.equal(
    decodeURIComponent(authorizationHeader(sign(key, text))),
    'type=master&ver=1.0&sig=c09PEVJrgp2uQRkr934kFbTqhByc7TVr3OHyqlu+c+c=',
  )
})

t.test('an account read signs nothing but verb and date', async t => {
  t.equal(stringToSign(signedPrefix(accountRead), 'X'), 'get\n\n\nx\n\n')
  t.ok(isAccountRead(accountRead))
  t.notOk(isAccountRead({ verb: 'get', resourceType: 'dbs', resourceLink: '' }))
})

t.test('names keep their case and rids lose it', async t => {
  const prefixOf = (resourceType: string, resourceLink: string): string =>
    signedPrefix({ verb: 'GET', resourceType, resourceLink })
  t.equal(prefixOf('docs', 'dbs/Db/colls/C/docs/É'), 'get\ndocs\ndbs/Db/colls/C/docs/É\n')
  t.equal(prefixOf('offers', 'VxNg'), 'get\noffers\nvxng\n')
})

const specs =
  process.env['AZURE_SPECS'] ?? join(import.meta.dirname, '../../../../../shared/azure-specs')
const vectors = join(specs, 'cosmos/vectors.json')

interface Vector {
  readonly id: string
  readonly key: string
  readonly verb: string
  readonly resourceType: string
  readonly resourceLink: string
  readonly date: string
  readonly expectedAuthorization: string
}

const skip = existsSync(vectors) ? false : 'AZURE_SPECS does not lead to the published vectors'

t.test('every published vector is signed as its SDK signed it', { skip }, async t => {
  const all: readonly Vector[] = JSON.parse(readFileSync(vectors, 'utf8')).vectors
  t.ok(all.length >= 50)
  for (const { id, key, date, expectedAuthorization, ...request } of all) {
    const header = authorizationHeader(sign(key, stringToSign(signedPrefix(request), date)))
    t.equal(decodeURIComponent(header), decodeURIComponent(expectedAuthorization), id)
  }
})
