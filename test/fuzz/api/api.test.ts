import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { fuzz } from './fuzz.ts'
import { LeakSearch } from './leaks.ts'
import { requestsOf } from './requests.ts'
import { startTarget } from './target.ts'

t.setTimeout(600_000)

t.test('every route, asked rightly and wrongly: no failure, no hang, no secret', async t => {
  const target = await startTarget()
  t.teardown(() => target.stop())
  const { url, description, knowledge } = target
  const leaks = new LeakSearch()
  leaks.learn(target.secrets())
  const requests = requestsOf(description, knowledge)
  const onBatch = () => leaks.learn(target.secrets())
  const options = { url, requests, runs: 3_000, seed: 7, leaks, answerMsMax: 60_000, onBatch }
  const { answers, findings, ...tally } = await fuzz(options)
  t.match(tally, { runs: 3_000, serverErrors: 0, hangs: 0, leaks: 0 }, findings.join('\n'))
  const names = Object.values(description.paths).flatMap(methods =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  for (const name of names) {
    t.ok(
      [...answers.keys()].some(key => key === `${name} 200`),
      `${name} was answered`,
    )
    const isRefused = [...answers.keys()].some(key => new RegExp(`^${name} 4`).test(key))
    t.ok(isRefused, `${name} was refused, too`)
  }
})

/** Stands before a target, and does to some answers what it must never do. */
const sabotaged = async (
  t: Test,
  url: string,
  spoil: (response: ServerResponse, body: Buffer) => boolean,
): Promise<string> => {
  let count = 0
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const method = request.method ?? 'GET'
    const sends = method !== 'GET' && method !== 'HEAD'
    const answer = await fetch(`${url}${request.url}`, {
      method,
      headers: { authorization: request.headers.authorization ?? '' },
      ...(sends ? { body: Buffer.concat(chunks) } : {}),
    })
    const body = Buffer.from(await answer.arrayBuffer())
    count += 1
    if (count % 10 === 0 && spoil(response, body)) return
    response.writeHead(answer.status).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('a target that fails, hangs or tells a key is found out', async t => {
  const target = await startTarget()
  t.teardown(() => target.stop())
  const [key = ''] = target.secrets()
  const raw = Buffer.from(key, 'base64')
  const { followEvents: _, ...rest } = { followEvents: null, ...target.description.paths }
  const paths = Object.fromEntries(
    Object.entries(rest).filter(([path]) => !path.endsWith('/events')),
  ) as typeof target.description.paths
  const requests = requestsOf({ paths }, target.knowledge)
  const leaks = new LeakSearch()
  leaks.learn(target.secrets())
  const hunt = async (spoil: Parameters<typeof sabotaged>[2]) => {
    const url = await sabotaged(t, target.url, spoil)
    return fuzz({ url, requests, runs: 100, seed: 3, leaks, answerMsMax: 20_000 })
  }
  const fails = await hunt(response => {
    response.writeHead(500).end()
    return true
  })
  t.ok(fails.serverErrors > 0)
  t.ok(fails.findings.length > 0)
  for (const written of [
    ...[key, raw.toString('base64url'), raw.toString('hex'), encodeURIComponent(key)],
    key.slice(5, 60),
  ]) {
    const tells = await hunt((response, body) => {
      response.writeHead(200).end(Buffer.concat([body, Buffer.from(` "${written}"`)]))
      return true
    })
    t.ok(tells.leaks > 0, written.slice(0, 8))
  }
  const bytes = await hunt(response => {
    response.writeHead(200).end(Buffer.concat([Buffer.from('xx'), raw]))
    return true
  })
  t.ok(bytes.leaks > 0, 'raw bytes')
  const url = await sabotaged(t, target.url, () => true)
  const hangs = await fuzz({ url, requests, runs: 30, seed: 3, leaks, answerMsMax: 3_000 })
  t.ok(hangs.hangs > 0)
})
