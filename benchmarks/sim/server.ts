// The measured process: an embedded Azure, or a bare HTTPS server to compare it with.
// Told what to be by its argument, and asked for figures over the channel to its parent.

import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { AzureSim } from '@keyturn/azure-sim'
import { makeTlsIdentity } from '../../packages/azure-sim/src/tls/identity.ts'

export interface Ready {
  readonly endpoint: string
  readonly ca: string
  /** Milliseconds from this process's start to the moment when everything listens. */
  readonly sinceProcessMs: number
  /** Milliseconds within `AzureSim.start()` alone; the rest is loading code. */
  readonly startMs: number
  readonly key: string
}

export interface Memory {
  readonly rss: number
  readonly peak: number
}

const tell = (message: Ready | Memory): void => void process.send?.(message)

const memory = (): Memory => ({
  rss: process.memoryUsage.rss(),
  peak: process.resourceUsage().maxRSS * 1024,
})

async function startSim(): Promise<Ready> {
  const before = performance.now()
  const sim = await AzureSim.start({ seed: 1 })
  const now = performance.now()
  const key = sim.account.shown('primary').key.value
  return {
    endpoint: sim.endpoint,
    ca: sim.ca,
    sinceProcessMs: now,
    startMs: now - before,
    key,
  }
}

/** What TLS and Node's HTTP cost alone: every request gets the same document, nothing is checked. */
async function startBare(document: string): Promise<Ready> {
  const before = performance.now()
  const tls = await makeTlsIdentity(Date.now())
  const headers = {
    'content-type': 'application/json',
    'content-length': `${Buffer.byteLength(document)}`,
  }
  const server = createServer(tls, (request, response) => {
    request.resume()
    response.writeHead(200, headers).end(document)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const now = performance.now()
  return {
    endpoint: `https://localhost:${port}/`,
    ca: tls.ca,
    sinceProcessMs: now,
    startMs: now - before,
    key: '',
  }
}

const [what, document = ''] = process.argv.slice(2)
process.on('message', message => message === 'memory' && tell(memory()))
process.on('disconnect', () => process.exit(0))
tell(what === 'bare' ? await startBare(document) : await startSim())
