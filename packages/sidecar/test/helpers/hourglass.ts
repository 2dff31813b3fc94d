import { keyVault } from '@keyturn/keyring'
import { Sidecar } from '@keyturn/sidecar'
import { SteppedClock } from './stepped-clock.ts'

/**
 * A sidecar in a process of its own that follows a vault over real sockets, in time that the test
 * lets pass: `pass 60000` or, for the wall clock alone, `jump -86400000`. Arguments: socket, state
 * directory, vault URL, coordinator URL. It says how often it asked, and when time has passed.
 */
const [, , socket = '', stateDirectory = '', vault = '', url = ''] = process.argv
const clock = new SteppedClock()
let asked = 0

const read = async (signal: AbortSignal) => {
  const response = await fetch(vault, { signal })
  const value = await response.text()
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return { value, properties: { version: response.headers.get('etag') ?? '1' } }
}

const getSecret = (_name: string, { abortSignal }: { abortSignal: AbortSignal }) => {
  asked += 1
  return clock.during(read(abortSignal))
}

const sidecar = new Sidecar({
  name: 'pod-1',
  source: keyVault({
    vaultUrl: 'https://v.vault.azure.net',
    secretName: 'orders',
    client: { getSecret },
    clock,
    chance: () => 0.5,
  }),
  socket,
  stateDirectory,
  coordinator: { url },
  clock,
  chance: () => 0.5,
})

const act = async (command: string): Promise<void> => {
  const [verb, ms] = command.split(' ')
  if (verb === 'jump') clock.jump(Number(ms))
  else await clock.advance(Number(ms))
  process.send?.({ is: `${command}`, version: asked })
}
process.on('message', command => void act(String(command)))
await sidecar.start()
process.send?.({ is: 'listening' })
