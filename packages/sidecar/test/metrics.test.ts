import { glob, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { metrics } from '../src/metrics/catalogue.ts'
import { counting, Tally } from '../src/metrics/tally.ts'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { ask, attachment, usage } from './helpers/local.ts'
import { LogLines } from './helpers/log-lines.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

const documentation = () => readFile(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')

/** Rows of the tables under one heading, each as its cells. */
const rowsUnder = (text: string, heading: string): readonly (readonly string[])[] => {
  const section = text.split(/^## /m).find(part => part.startsWith(heading)) ?? ''
  const [table = ''] = section.split('\n\n').filter(part => part.startsWith('|'))
  return table
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .map(line => line.split('|').map(cell => cell.trim().replaceAll('`', '')))
}

const sources = fileURLToPath(new URL('../src', import.meta.url))

const eventsInSources = async (): Promise<readonly string[]> => {
  const found: string[] = []
  for await (const name of glob('**/*.ts', { cwd: sources })) {
    const text = await readFile(`${sources}/${name}`, 'utf8')
    const named = [...text.matchAll(/\bevent: '([^']+)'/g)].map(match => match[1] ?? '')
    const chosen = [...text.matchAll(/\bevent = [^\n]*\? '([^']+)' : '([^']+)'/g)].flatMap(match =>
      match.slice(1),
    )
    found.push(...named, ...chosen)
  }
  return found
}

const readingOf = (text: string, series: string): number | null => {
  const line = text.split('\n').find(each => each.startsWith(`${series} `))
  return line === undefined ? null : Number(line.slice(series.length + 1))
}

t.test('every metric is documented as it is, and every documented one exists', async t => {
  const rows = rowsUnder(await documentation(), 'Metrics')
  t.same(
    rows.map(([, name, type, labels, help]) => ({ name, type, labels, help })),
    metrics.map(({ name, type, labels = [], help }) => {
      return { name, type, labels: labels.join(', '), help }
    }),
  )
})

t.test('every event is documented, every documented one exists, each names one fact', async t => {
  const documented = rowsUnder(await documentation(), 'Events').map(([, name = '']) => name)
  const told = await eventsInSources()
  t.ok(told.length > 25, 'there is something to compare')
  t.same(told.toSorted(), [...new Set(told)].toSorted(), 'no name is used for two facts')
  t.same(told.toSorted(), documented.toSorted())
})

t.test('what is scraped is what is documented', async t => {
  const { socket, lines } = await startBeside(t)
  await lines.until('acknowledged')
  await ask(socket, 'GET', '/nowhere')
  const { text, headers } = await ask(socket, 'GET', '/metrics')
  t.match(headers['content-type'], /^text\/plain; version=0\.0\.4/)
  const scraped = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => {
    return { name, type }
  })
  t.same(
    scraped,
    metrics.map(({ name, type }) => ({ name, type })),
  )
  for (const { name, help } of metrics) t.match(text, `# HELP ${name} ${help}`)
})

t.test('metrics follow what happens', async t => {
  const { socket, lines, source, coordinator } = await startBeside(t)
  await lines.until('acknowledged')
  const scrape = async () => (await ask(socket, 'GET', '/metrics')).text
  const before = await scrape()
  t.equal(readingOf(before, 'keyturn_keyset_version'), 1)
  t.equal(readingOf(before, 'keyturn_keyset_acknowledged_version'), 1)
  t.equal(readingOf(before, 'keyturn_keyset_swaps_total'), 1)
  t.equal(readingOf(before, 'keyturn_serving'), 1)
  t.equal(readingOf(before, 'keyturn_clients{state="attached"}'), 0)
  t.equal(readingOf(before, 'keyturn_keyset_age_seconds'), 0)
  t.ok(Number(readingOf(before, 'keyturn_report_lag_seconds')) < 60)

  await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  const fingerprint = coordinator.last?.held?.fingerprints.primary ?? ''
  const refused = ['https://a/', 'https://b/'].map(endpoint => {
    return { fingerprint, endpoint, forMs: 1 }
  })
  await ask(socket, 'POST', '/v1/clients/c-1/usage', { body: usage(1, { refused }) })
  source.say(fencedKeyset(2))
  await ask(socket, 'POST', '/v1/clients/c-1/usage', { body: 'no' })
  await ask(socket, 'POST', '/v1/clients/c-2/usage', { body: usage(1) })
  const after = await scrape()
  t.equal(readingOf(after, 'keyturn_keyset_version'), 2)
  t.equal(readingOf(after, 'keyturn_keyset_acknowledged_version'), null, 'c-1 has not said so')
  t.equal(readingOf(after, 'keyturn_keyset_swaps_total'), 2)
  t.equal(readingOf(after, 'keyturn_clients{state="attached"}'), 1)
  t.equal(readingOf(after, `keyturn_refusals{fingerprint="${fingerprint}"}`), 2)
  t.equal(readingOf(after, 'keyturn_local_refused_total{code="BAD_REQUEST"}'), 1)
  t.equal(readingOf(after, 'keyturn_local_refused_total{code="CLIENT_UNKNOWN"}'), 1)
  for (const key of Object.values(fencedKeyset(1).keys)) t.notOk(after.includes(key))
})

t.test('a coordinator that never answered has no lag, but errors', async t => {
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  coordinator.failing = 503
  const { socket, lines } = await startBeside(t, {}, coordinator)
  await lines.until('coordinator-away')
  const { text } = await ask(socket, 'GET', '/metrics')
  t.equal(readingOf(text, 'keyturn_report_lag_seconds'), null)
  t.ok(Number(readingOf(text, 'keyturn_report_errors_total')) >= 1)
  t.equal(readingOf(text, 'keyturn_serving'), 0)
})

t.test('whoever counts events counts facts, and every line still goes out', async t => {
  const lines = new LogLines()
  const tally = new Tally()
  const log = counting(lines.log, tally)
  log.info({ event: 'joined' }, 'Joined.')
  log.warn({ event: 'client-lost' }, 'Lost.')
  log.error({ event: 'client-lost' }, 'Lost.')
  t.same([tally.of('joined'), tally.of('client-lost'), tally.of('goodbye')], [1, 2, 0])
  t.same(
    lines.lines.map(({ event, level, msg }) => ({ event, level, msg })),
    [
      { event: 'joined', level: 30, msg: 'Joined.' },
      { event: 'client-lost', level: 40, msg: 'Lost.' },
      { event: 'client-lost', level: 50, msg: 'Lost.' },
    ],
  )
})
