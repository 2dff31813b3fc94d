import { Ring, sidecar } from '@keyturn/keyring'

/**
 * An application in a process of its own: follows a sidecar and signs when it is told to.
 * Where it is given no socket, the environment says where the sidecar is. Commands come over IPC; it tells each swap and the outcome of each command.
 */
const [, , socket, name] = process.argv
const ring = new Ring({ source: sidecar({ ...(socket ? { socket } : {}), name, usageMs: 200 }) })
const inFlight: Parameters<Ring['end']>[0][] = []

const tell = (message: object): void => void process.send?.(message)

ring.follow(news => {
  if (news !== 'swap' || ring.current === null) return
  const { version, active, fenced } = ring.current
  tell({ is: 'swapped', version, active, fenced })
})

const begin = (): void => {
  const begun = ring.begin({ text: 'x', endpoint: 'https://x', tried: [], refreshed: true })
  if (begun.next === 'send') inFlight.push(begun.fingerprint)
  tell({ is: 'begun', next: begun.next, slot: begun.next === 'send' ? begun.slot : null })
}

const end = (): void => {
  const fingerprint = inFlight.pop()
  if (fingerprint !== undefined) ring.end(fingerprint)
  tell({ is: 'ended' })
}

process.on('message', command => {
  if (command === 'begin') begin()
  if (command === 'end') end()
  if (command === 'stop') void ring.stop(100).then(() => process.disconnect())
})

ring.start()
tell({ is: 'started' })
