import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline'
import { CosmosClient } from '@azure/cosmos'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import t from 'tap'
import { type Open, runTable } from './run.ts'
import { membersOf, surfaces } from './surface.ts'
import { table } from './table.ts'

const plainClient: Open = (options, { primary: key }) => new CosmosClient({ ...options, key })

const resilientClient: Open = ({ endpoint = '', ...options }, keys) =>
  new ResilientCosmosClient({ ...options, endpoint, keys })

/** An older SDK has fewer members; that the newest has all of them, another test holds. */
const members = membersOf(surfaces())
const here = table.filter(({ call }) => members.has(call))
const plain = await runTable(here, plainClient)
const resilient = await runTable(here, resilientClient)

for (const [at, { row, seen, used }] of plain.entries())
  t.test(`${row.call} ${row.as}, alike with both clients`, async t => {
    t.strictSame(resilient[at]?.seen, seen)
    t.equal('error' in Object(seen), row.fails)
    t.ok(used.has(row.call), 'the plain client was really asked')
    t.ok(resilient[at]?.used.has(row.call), 'and so was the resilient one')
  })

t.test('nothing that the SDK tells of its requests holds a key', async t => {
  for (const { keys, seen } of resilient)
    for (const key of [keys.primary, keys.secondary]) t.notOk(JSON.stringify(seen).includes(key))
})

/** Answers as the service does, but for one thing. */
const tampering = (tamper: (body: string) => string): Open => {
  const inner = createDefaultHttpClient()
  const httpClient: HttpClient = {
    async sendRequest(request) {
      const response = await inner.sendRequest(request)
      response.headers.delete('x-ms-request-charge')
      return { ...response, bodyAsText: tamper(response.bodyAsText ?? '') }
    },
  }
  return (options, keys) => resilientClient({ ...options, httpClient }, keys)
}

t.test('a header that is lost is seen', async t => {
  const few = table.filter(({ call }) => call === 'Databases.create').slice(0, 1)
  const [kept] = await runTable(few, plainClient)
  const [lost] = await runTable(
    few,
    tampering(body => body),
  )
  t.notSame(lost?.seen, kept?.seen)
  t.ok(JSON.stringify(kept?.seen).includes('x-ms-request-charge'))
})
