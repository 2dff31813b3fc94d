import { Ring, sidecar } from '@keyturn/keyring'

/** A thousand applications in one process: each a ring of its own. Arguments: socket, how many. */
const [, , socket = '', count = '0'] = process.argv
const rings = Array.from(
  { length: Number(count) },
  (_, index) => new Ring({ source: sidecar({ socket, name: `app-${index}`, usageMs: 60_000 }) }),
)
// Nothing else keeps the process: a client's sockets do not.
process.on('message', () => undefined)
process.on('disconnect', () => process.exit())
const seen = new Map<number, number>()
for (const ring of rings) {
  ring.follow(news => {
    const version = ring.current?.version ?? 0
    if (news !== 'swap') return
    const here = (seen.get(version) ?? 0) + 1
    seen.set(version, here)
    if (here === rings.length) process.send?.({ is: 'all', version })
  })
}
// A few at a time, as pods of a machine start.
for (const ring of rings) {
  ring.start()
  await new Promise(setImmediate)
}
