// An application whose parts load both builds: keys of the one are given to a client of the other.

import { createRequire } from 'node:module'

type Cosmos = typeof import('@keyturn/cosmos')
type Keyring = typeof import('@keyturn/keyring')
type Sdk = typeof import('@azure/cosmos')

type Required = typeof import('@keyturn/keyring', { with: { 'resolution-mode': 'require' }})
type CommonJsKeys = import('@keyturn/cosmos', { with: { 'resolution-mode': 'require' }}).Keys
type ModuleKeys = import('@keyturn/cosmos').Keys

/** The types of the one build take what the other build makes. */
export const takenByCommonJs = ({ Ring, fixed }: Keyring): readonly CommonJsKeys[] => {
  const source = fixed({ primary, secondary })
  return [source, new Ring({ source })]
}
export const takenByModules = ({ Ring, fixed }: Required): readonly ModuleKeys[] => {
  const source = fixed({ primary, secondary })
  return [source, new Ring({ source })]
}

const required = createRequire(`${process.cwd()}/`)
const { ENDPOINT: endpoint = '', PRIMARY: primary = '', SECONDARY: secondary = '' } = process.env
const transport = { ca: process.env['CA'] ?? '' }

interface Build {
  readonly cosmos: Cosmos
  readonly keyring: Keyring
  readonly sdk: Sdk
}

const modules: Build = {
  cosmos: await import('@keyturn/cosmos'),
  keyring: await import('@keyturn/keyring'),
  sdk: await import('@azure/cosmos'),
}
const commonJs: Build = {
  cosmos: required('@keyturn/cosmos'),
  keyring: required('@keyturn/keyring'),
  sdk: required('@azure/cosmos'),
}

type Client = InstanceType<Cosmos['ResilientCosmosClient']>

const activeOf = (client: Client): string | undefined =>
  client.keys.status().keys.find(({ state }) => state === 'active')?.fingerprint

/** The other build's ring, source and error, as a client of this one takes them. */
const cross = async (own: Build, other: Build): Promise<unknown> => {
  const open = (keys: ConstructorParameters<Cosmos['ResilientCosmosClient']>[0]['keys']) =>
    new own.cosmos.ResilientCosmosClient({ endpoint, keys, transport })
  const source = other.keyring.fixed({ primary: secondary, secondary: primary })
  const ring = new other.keyring.Ring({ source })
  const client = open(ring)
  const { resource } = await client.database('shop').container('orders').item('1', 'eu').read()
  client.keys.replace({ primary, secondary })
  const replaced = activeOf(client) === ring.current?.keys.primary.fingerprint
  await ring.stop()
  const closed = await client.getDatabaseAccount().catch((error: { code?: unknown }) => error.code)
  await client.close()
  return {
    isCosmosClient: client instanceof own.sdk.CosmosClient,
    isOther: client instanceof other.sdk.CosmosClient,
    euros: resource?.euros,
    replaced,
    closed,
  }
}

/** One source for a client of each build: it starts once, and ends with the last. */
const shared = async (): Promise<unknown> => {
  const source = modules.keyring.fixed({ primary, secondary })
  const one = new modules.cosmos.ResilientCosmosClient({ endpoint, keys: source, transport })
  const two = new commonJs.cosmos.ResilientCosmosClient({ endpoint, keys: source, transport })
  source.replace({ primary: secondary, secondary: primary })
  const same = activeOf(one) === activeOf(two)
  await one.close()
  await two.getDatabaseAccount()
  const serving = source.status().serving
  await two.close()
  return { same, serving, after: source.status().serving }
}

const distinct = modules.cosmos.ResilientCosmosClient !== commonJs.cosmos.ResilientCosmosClient
process.stdout.write(
  JSON.stringify({
    distinct,
    commonJsTakes: await cross(commonJs, modules),
    modulesTake: await cross(modules, commonJs),
    shared: await shared(),
  }),
)
