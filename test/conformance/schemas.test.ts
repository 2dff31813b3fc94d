import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { azureSpec } from '../../packages/azure-sim/test/specs.ts'
import { startNode } from '../support/process/run.ts'
import { Contracts } from './openapi/contracts.ts'
import { Judge, type Seen } from './openapi/judge.ts'
import { type Example, pathOf, readExamples } from './support/examples.ts'

const { skip } = azureSpec
const judge = new Judge(new Contracts(azureSpec.folder))

const answerOf = (example: Example, status: string, body: unknown): Seen => ({
  service: example.service,
  method: (example.operation?.method ?? '').toUpperCase(),
  url: `${pathOf(example)}?api-version=${example.version}`,
  status: Number(status),
  headers: {},
  text: body === undefined ? '' : JSON.stringify(body),
})

/** Microsoft's own contradiction: `null` where the schema has an object. */
const contradicts = (example: Example): boolean =>
  example.name === 'CosmosDBDatabaseAccountCreateMin'

t.test(
  'Microsoft’s own examples keep the schemas that answers are held against',
  { skip },
  async t => {
    const examples = readExamples()
    t.not(examples.length, 0)
    for (const example of examples) {
      t.ok(example.operation, `${example.file} belongs to an operation`)
      for (const [status, { body }] of Object.entries(example.responses)) {
        const { complaints, unjudged } = judge.judge(answerOf(example, status, body))
        const expected = contradicts(example)
          ? [/analyticalStorageConfiguration must be object/]
          : []
        t.equal(unjudged, undefined, `${example.file} ${status} is judged`)
        t.match(complaints, expected, `${example.file} ${status}`)
        if (expected.length === 0) t.same(complaints, [], `${example.file} ${status}`)
      }
    }
  },
)

type Path = readonly (string | number)[]

const places = (value: unknown, path: Path = []): readonly Path[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = [...path, Array.isArray(value) ? Number(name) : name]
    return [at, ...places(inner, at)]
  })
}

/** Maps by any name, where a new name is no mistake. */
const isFree = (path: Path): boolean =>
  path.some(part => part === 'tags' || part === 'userAssignedIdentities')

const changed = (
  body: unknown,
  path: Path,
  change: (parent: Record<string, unknown>, name: string) => void,
) => {
  const copy = structuredClone(body)
  let parent = copy as Record<string, unknown>
  for (const part of path.slice(0, -1)) parent = parent[part] as Record<string, unknown>
  change(parent, String(path.at(-1)))
  return copy
}

t.test('any one property of any example, misspelt, is a complaint', { skip }, async t => {
  let tried = 0
  for (const example of readExamples().filter(each => !contradicts(each))) {
    for (const [status, { body }] of Object.entries(example.responses)) {
      for (const path of places(body).filter(at => typeof at.at(-1) === 'string' && !isFree(at))) {
        const misspelt = changed(body, path, (parent, name) => {
          parent[`${name}X`] = parent[name]
          delete parent[name]
        })
        const { complaints } = judge.judge(answerOf(example, status, misspelt))
        tried++
        if (complaints.length === 0) t.fail(`${example.file} ${status}: ${path.join('.')} misspelt`)
      }
    }
  }
  t.ok(tried > 1_000, `${tried} misspelt`)
})

t.test('any one value of any example, of another type, is a complaint', { skip }, async t => {
  let tried = 0
  for (const example of readExamples().filter(each => !contradicts(each))) {
    for (const [status, { body }] of Object.entries(example.responses)) {
      for (const path of places(body)) {
        const wrong = changed(body, path, (parent, name) => {
          parent[name] = typeof parent[name] === 'boolean' ? 'yes' : true
        })
        const { complaints } = judge.judge(answerOf(example, status, wrong))
        tried++
        if (complaints.length === 0)
          t.fail(`${example.file} ${status}: ${path.join('.')} of a wrong type`)
      }
    }
  }
  t.ok(tried > 1_000, `${tried} of a wrong type`)
})

t.test('an error says code and message in the form of its service', { skip }, async t => {
  const refused = (service: string, body: unknown) => {
    const url =
      service === 'arm' ? '/subscriptions/s/x?api-version=2026-03-15' : '/secrets?api-version=7.5'
    const text = JSON.stringify(body)
    return judge.judge({ service, method: 'GET', url, status: 404, headers: {}, text }).complaints
  }
  for (const service of ['arm', 'vault']) {
    t.same(refused(service, { error: { code: 'NotFound', message: 'no' } }), [], service)
    t.not(refused(service, { error: { code: 'NotFound' } }).length, 0, service)
    t.not(
      refused(service, { error: { code: 'NotFound', message: 'no', why: 1 } }).length,
      0,
      service,
    )
    t.not(refused(service, { code: 404 }).length, 0, service)
    t.not(refused(service, 'no').length, 0, service)
  }
})

const publishing = (answer: Seen): string =>
  `import { channel } from 'node:diagnostics_channel'
  channel('azure-sim:answer').publish(${JSON.stringify(answer)})`

t.test('a process whose answer breaks its schema says so and fails', { skip }, async t => {
  const folder = t.testdir()
  const watch = pathToFileURL(join(import.meta.dirname, 'support/watch.js'))
  watch.searchParams.set('into', folder)
  const account =
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/a'
  const url = `${account}/listKeys?api-version=2026-03-15`
  const run = async (text: string) => {
    const answer: Seen = { service: 'arm', method: 'POST', url, status: 200, headers: {}, text }
    const args = [`--import=${watch}`, '--input-type=module', '-e', publishing(answer)]
    return startNode(args, { env: { NODE_OPTIONS: '' } }).ended
  }
  const secret = 'a key that nobody may read in a tally'
  t.match(await run(JSON.stringify({ primaryMasterKey: secret })), { code: 0, err: '' })
  const broken = await run(JSON.stringify({ primaryMasterKey: secret, primaryKey: secret }))
  t.equal(broken.code, 1)
  t.match(
    broken.err,
    /^An answer to arm .* DatabaseAccounts_ListKeys \(api-version 2026-03-15\) breaks its schema: \/ must NOT have unevaluated properties \{"unevaluatedProperty":"primaryKey"\}/,
  )
  const tallies = readdirSync(folder).map(file => readFileSync(join(folder, file), 'utf8'))
  t.equal(tallies.length, 2, 'each process wrote one tally')
  t.notOk(tallies.join('').includes(secret) || broken.err.includes(secret))
})

t.test('a process loads what judges with its first answer, and not before', { skip }, async t => {
  const watch = pathToFileURL(join(import.meta.dirname, 'support/watch.js'))
  const answer: Seen = {
    service: 'control',
    method: 'GET',
    url: '/',
    status: 200,
    headers: {},
    text: '',
  }
  const counting = `import { Module } from 'node:module'
    process.on('exit', () => process.stdout.write(String(
      Object.keys(Module._cache).some(file => file.includes('/ajv/')))))`
  const loads = async (more: string) => {
    const args = [`--import=${watch}`, '--input-type=module', '-e', `${counting}\n${more}`]
    return (await startNode(args, { env: { NODE_OPTIONS: '' } }).ended).out
  }
  t.equal(await loads(''), 'false')
  t.equal(await loads(publishing(answer)), 'true')
})

t.test('any URL at all is judged without throwing', { skip }, async t => {
  const poll = '/subscriptions/s/providers/Microsoft.DocumentDB/locations/l/operationsStatus/o'
  const urls = [
    poll,
    '////%00/providers/subscriptions',
    '',
    '?',
    '*',
    '/%',
    '/secrets?api-version=%',
  ]
  for (const service of ['arm', 'vault', 'entra']) {
    for (const url of urls) {
      const text = '{"error":{"code":"BadRequest","message":"no"}}'
      const seen: Seen = { service, method: 'GET', url, status: 400, headers: {}, text }
      t.same(judge.judge(seen).complaints, [], `${service} ${url}`)
      const head: Seen = { ...seen, method: 'HEAD', text: '' }
      t.same(judge.judge(head).complaints, [], `HEAD ${service} ${url}`)
    }
  }
})
