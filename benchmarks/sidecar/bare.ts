// The least that could answer: `node:http` on a Unix socket, with the same bytes as the sidecar's.

import { createServer } from 'node:http'
import { serve } from '../client/channel.ts'

export interface BareOrder {
  readonly socket: string
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

serve<BareOrder, 'listening'>('ready', async ({ socket, text, headers }) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, headers)
    response.end(text)
  })
  await new Promise<void>(resolve => server.listen(socket, resolve))
  return 'listening'
})
