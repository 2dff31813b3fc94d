import { join } from 'node:path'
import type { RenderedFile } from '@keyturn/sidecar'
import type { Test } from 'tap'
import { ask } from './local.ts'
import { scratch } from './scratch.ts'
import { type Beside, startBeside } from './sidecars.ts'

/** What the consumer of a file says once it has loaded it. */
export const ack = (socket: string, version: number, consumer = 'billing') =>
  ask(socket, 'POST', `/v1/clients/rendered.${consumer}/ack`, {
    body: JSON.stringify({ version }),
  })

/** A sidecar that renders for the consumer `billing`, into a directory of the test. */
export const startRendering = async (
  t: Test,
  change: Partial<RenderedFile> = {},
): Promise<Beside & { readonly path: string; readonly out: string }> => {
  const out = await scratch(t)
  const path = join(out, 'cosmos')
  const render = [{ consumer: 'billing', path, format: 'env', ...change }] as const
  return { ...(await startBeside(t, { render })), path: change.path ?? path, out }
}
