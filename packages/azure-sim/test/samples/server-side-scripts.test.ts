import t from 'tap'
import { openContainer, startSample } from './support.ts'

const body = 'function (document) { getContext().getResponse().setBody({ op: "created" }) }'

t.test('ServerSideScripts, BulkUpdateWithSproc: procedures are kept and not run', async t => {
  const { database } = await startSample(t)
  const container = await openContainer(database)
  for (let n = 0; n < 20; n++) await container.items.create({ id: `i${n}`, state: 'closed' })
  const { storedProcedures } = container.scripts
  const created = await storedProcedures.create({ id: 'queryAndBulkUpdate', body })
  t.equal(created.statusCode, 201)
  t.match(created.resource, { id: 'queryAndBulkUpdate', body, _self: /\/sprocs\// })
  await t.rejects(created.storedProcedure.execute('', [undefined]), {
    code: 400,
    message: /Encountered exception while executing Javascript.*no server-side JavaScript/s,
  })
  const open = await container.items.query("SELECT * FROM c WHERE c.state = 'open'").fetchAll()
  t.equal(open.resources.length, 0, 'and nothing has changed')
})

t.test('procedures, triggers and functions are resources like others', async t => {
  const { database } = await startSample(t)
  const container = await openContainer(database)
  const { storedProcedures, triggers, userDefinedFunctions } = container.scripts
  await storedProcedures.create({ id: 's', body })
  await t.rejects(storedProcedures.create({ id: 's', body }), { code: 409 })
  await container.scripts.storedProcedure('s').replace({ id: 's', body: 'function () {}' })
  t.equal((await container.scripts.storedProcedure('s').read()).resource?.body, 'function () {}')
  await triggers.create({ id: 't', body, triggerType: 'Pre', triggerOperation: 'All' } as never)
  await userDefinedFunctions.create({ id: 'u', body })
  t.equal((await triggers.readAll().fetchAll()).resources.length, 1)
  const named = { query: "SELECT * FROM f WHERE f.id = 'u'" }
  t.match((await userDefinedFunctions.query(named).fetchAll()).resources, [{ id: 'u', body }])
  t.equal((await container.scripts.storedProcedure('s').delete()).statusCode, 204)
  await t.rejects(container.scripts.storedProcedure('s').read(), { code: 404 })
})

t.test('what would have to run is refused, and nothing is written', async t => {
  const { database } = await startSample(t)
  const container = await openContainer(database)
  const refused = {
    code: 400,
    message: /no server-side JavaScript|not supported by this simulator/,
  }
  await t.rejects(container.items.create({ id: 'a' }, { preTriggerInclude: 't' }), refused)
  await t.rejects(container.items.create({ id: 'a' }, { postTriggerInclude: ['t'] }), refused)
  await t.rejects(container.items.query('SELECT udf.u(c.id) FROM c').fetchAll(), refused)
  t.equal((await container.item('a', undefined).read()).statusCode, 404)
  await t.rejects(container.scripts.storedProcedure('none').execute(''), { code: 404 })
})
