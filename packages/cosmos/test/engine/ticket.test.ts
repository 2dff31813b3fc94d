import { createPipelineRequest } from '@azure/core-rest-pipeline'
import t from 'tap'
import { isWriteRequest, leadsThere, readTicket, writeTicket } from '../../src/engine/ticket.ts'

const carried = (...args: Parameters<typeof writeTicket>) =>
  readTicket(encodeURIComponent(writeTicket(...args)))

t.test('a ticket survives the SDK’s encoding', async t => {
  const resourceId = 'dbs/D ü/colls/c/docs/a%b'
  t.same(carried({ verb: 'GET', resourceType: 'docs', resourceId }), {
    prefix: `get\ndocs\n${resourceId}\n`,
    accountRead: false,
  })
})

t.test('an account read names no resource at all', async t => {
  t.same(carried({ verb: 'GET' }), { prefix: 'get\n\n\n', accountRead: true })
  t.match(carried({ verb: 'GET', resourceType: 'dbs' }), { accountRead: false })
})

t.test('another authorization is no ticket', async t => {
  for (const header of [undefined, '', 'type%3Dmaster%26ver%3D1.0%26sig%3Dx', 'Bearer x']) {
    t.equal(readTicket(header), null)
  }
})

t.test('a query is told from a write by its header', async t => {
  const request = createPipelineRequest({ url: 'https://x', method: 'POST' })
  t.ok(isWriteRequest(request))
  request.headers.set('x-ms-documentdb-isquery', 'true')
  t.notOk(isWriteRequest(request))
  t.notOk(isWriteRequest(createPipelineRequest({ url: 'https://x' })))
})

t.test('a URL leads to what a ticket is signed for, by its type', async t => {
  const at = 'https://x.documents.azure.com:443'
  const leads = (resourceType: string, path: string): boolean | undefined => {
    const ticket = carried({ verb: 'GET', resourceType, resourceId: 'dbs/d' })
    return ticket === null ? undefined : leadsThere(ticket, `${at}${path}`)
  }
  t.equal(leads('docs', '/dbs/d/colls/c/docs/1'), true)
  t.equal(leads('docs', '/dbs/d/colls/c/docs'), true)
  t.equal(leads('colls', '/dbs/d/colls/docs'), true)
  t.equal(leads('offers', '/offers/abc'), true)
  t.equal(leads('partitionKey', '/dbs/d/colls/c/operations/partitionkeydelete'), true)
  t.equal(leads('users', '/dbs/d/colls/c/conflicts/x'), false)
})
