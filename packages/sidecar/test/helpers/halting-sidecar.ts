import type { DurableState } from '@keyturn/core'
import { backgroundClock } from '@keyturn/keyring'
import { Sidecar } from '@keyturn/sidecar'
import { defaultLog } from '../../src/log.ts'
import type { SidecarOptions } from '../../src/options.ts'
import { systemPorts } from '../../src/system-ports.ts'
import { SpokenSource } from './keysets.ts'
import { fencedKeyset } from './sidecars.ts'

/**
 * A sidecar whose disk comes to a halt at a given write, before it or after it: there the test
 * kills it. Arguments: socket, state directory, coordinator URL, `before` or `after`, and which
 * write: `client` (a client is recorded) or `version-N` (an acknowledgement is).
 */
const [, , socket = '', stateDirectory = '', url = '', when = '', what = ''] = process.argv

const isTheWrite = ({ clients, acknowledged }: DurableState): boolean =>
  what === 'client' ? clients.length > 0 : `version-${acknowledged?.version}` === what

const halt = (): Promise<never> => {
  process.send?.({ is: 'halted' })
  return new Promise(() => {})
}

const source = new SpokenSource(fencedKeyset(1))
const options: SidecarOptions = {
  name: 'pod-1',
  source,
  socket,
  stateDirectory,
  coordinator: { url },
  clock: backgroundClock,
}
const log = defaultLog('pod-1')
const ports = systemPorts({ ...options, log }, log)
const { disk } = ports
if (disk === null) throw new Error('There is no state directory.')
const sidecar = new Sidecar(options, {
  ...ports,
  disk: {
    load: () => disk.load(),
    save: async state => {
      if (isTheWrite(state) && when === 'before') await halt()
      await disk.save(state)
      if (isTheWrite(state)) await halt()
    },
  },
})
process.on('message', message => source.say(fencedKeyset(Number(message))))
await sidecar.start()
process.send?.({ is: 'listening' })
