import { Sidecar } from '@keyturn/sidecar'
import { keyset, SpokenSource } from './keysets.ts'

/**
 * A sidecar in a process of its own, whose source is the test: commands over IPC are keysets.
 * Arguments: name, socket, state directory, coordinator URL.
 */
const [, , name = '', socket = '', stateDirectory, url] = process.argv
const source = new SpokenSource()
const sidecar = new Sidecar({
  name,
  socket,
  source,
  ...(stateDirectory ? { stateDirectory } : {}),
  ...(url ? { coordinator: { url } } : {}),
  joinWaitMs: 60_000,
})

process.on('message', message => {
  if (message === 'stop') {
    void sidecar.stop().then(() => process.disconnect())
  } else {
    source.say(keyset(JSON.parse(String(message))))
  }
})

await sidecar.start()
process.send?.({ is: 'listening' })
