import type { Sample } from './sample.ts'

/** How a client introduces itself; what a sidecar remembers of it across restarts. */
export interface ClientIdentity {
  readonly id: string
  /** What people call the application. */
  readonly name: string
  readonly pid: number
  /** The name of its presence socket, beside the sidecar's own. */
  readonly presence: string
}

/**
 * One client of a member. It is `attached`, or `lost` once its connection closed without a
 * goodbye and without a proof of death, or was remembered and not heard since a restart.
 * A client that is gone is not in the list. Nobody becomes gone by silence.
 */
export interface Client extends ClientIdentity {
  readonly state: 'attached' | 'lost'
  /** `null`: never heard by this process. */
  readonly sample: Sample | null
}

export type Clients = readonly Client[]

export type ClientEvent =
  | { readonly is: 'attached'; readonly client: ClientIdentity }
  | { readonly is: 'sampled'; readonly id: string; readonly sample: Sample }
  | { readonly is: 'disconnected'; readonly id: string }
  /** Proven: its presence socket refuses connections. */
  | { readonly is: 'died'; readonly id: string }
  | { readonly is: 'goodbye'; readonly id: string; readonly sample: Sample }

/** After a restart: everyone remembered is lost until heard. */
export const remembered = (clients: readonly ClientIdentity[]): Clients =>
  clients.map(({ id, name, pid, presence }) => ({
    id,
    name,
    pid,
    presence,
    state: 'lost',
    sample: null,
  }))

/** How operators name a client: two applications of one name stay two clients. */
export const clientLabel = ({ name, id }: ClientIdentity): string =>
  `${name.slice(0, 100)}.${id.slice(0, 8)}`

/** What a client holds and does is known only while it is attached and has been heard. */
export const isKnown = (client: Client): client is Client & { readonly sample: Sample } =>
  client.state === 'attached' && client.sample !== null

/** Whether an id already belongs to somebody else: another process, told by its presence socket. */
export const isTaken = (clients: Clients, { id, presence }: ClientIdentity): boolean =>
  clients.some(client => client.id === id && client.presence !== presence)

/** A goodbye counts once nothing is in flight: who still signs has not left. */
export const mayLeave = ({ usage }: Sample): boolean =>
  usage.every(({ inFlight }) => inFlight === 0)

const later = (old: Sample | null, sample: Sample): Sample =>
  old === null || sample.sequence > old.sequence ? sample : old

const update = (clients: Clients, id: string, change: (client: Client) => Client): Clients => {
  const index = clients.findIndex(client => client.id === id)
  const client = clients[index]
  if (client === undefined) return clients
  const changed = change(client)
  return changed === client ? clients : clients.with(index, changed)
}

/** One step of a client's life. Events about a client that is not in the list change nothing. */
export const clientStep = (clients: Clients, event: ClientEvent): Clients => {
  switch (event.is) {
    case 'attached': {
      const { client } = event
      if (isTaken(clients, client)) return clients
      const known = clients.find(({ id }) => id === client.id)
      // The same process again: its ring never went backwards, so its last sample still stands.
      const attached: Client = { ...client, state: 'attached', sample: known?.sample ?? null }
      return known ? update(clients, client.id, () => attached) : [...clients, attached]
    }
    case 'sampled':
      return update(clients, event.id, client => {
        const sample = later(client.sample, event.sample)
        return sample === client.sample ? client : { ...client, sample }
      })
    case 'disconnected':
      return update(clients, event.id, client =>
        client.state === 'lost' ? client : { ...client, state: 'lost' },
      )
    case 'died':
      return clients.filter(({ id }) => id !== event.id)
    case 'goodbye': {
      const { id, sample } = event
      if (mayLeave(sample)) return clients.filter(client => client.id !== id)
      return clientStep(clients, { is: 'sampled', id, sample })
    }
  }
}
