import { Ring } from '@keyturn/keyring'
import { Sidecar } from '@keyturn/sidecar'
import { SpokenSource } from './keysets.ts'
import { fencedKeyset } from './sidecars.ts'

/** An application that embeds its sidecar. Arguments: state directory, coordinator URL. */
const [, , stateDirectory = '', url = ''] = process.argv
const sidecar = new Sidecar({
  name: 'pod-1',
  source: new SpokenSource(fencedKeyset(1)),
  socket: null,
  stateDirectory,
  coordinator: { url },
})
const ring = new Ring({ source: sidecar.keys({ name: 'orders-api', usageMs: 200 }) })
ring.follow(news => {
  if (news === 'swap') process.send?.({ is: 'swapped' })
})
process.on('message', () => {
  void ring
    .stop()
    .then(() => sidecar.stop())
    .then(() => process.disconnect())
})
// The application first: any order does.
ring.start()
await sidecar.start()
