import { asWritten, type Instead, type Scene, type State } from './scene.ts'

/** Sets a secret, and names the version that it got. */
const put = async (scene: Scene, name: string, properties: object = {}): Promise<string> => {
  const { body } = await scene.call('PUT', `/secrets/${name}`, {
    ...{ value: 'mysecretvalue' },
    ...properties,
  })
  return String((body as { id: string }).id.split('/').at(-1))
}

const remove = async (scene: Scene, name: string): Promise<void> => {
  await scene.call('DELETE', `/secrets/${name}`)
  // A deletion takes its time.
  scene.clock.advance(600_000)
}

const nameOf = ({ example }: Scene): string => String(example.parameters['secret-name'])

const existing: State = {
  is: 'the secret exists, in a version that the vault named',
  bring: async scene => ({ 'secret-version': await put(scene, nameOf(scene)) }),
}

const deleted: State = {
  is: 'the secret was deleted',
  bring: async scene => {
    await put(scene, nameOf(scene))
    await remove(scene, nameOf(scene))
    return asWritten
  },
}

/** The token of the second page: only the vault that made it can read one. */
const threeDeleted = async (scene: Scene): Promise<Instead> => {
  for (const at of [0, 1, 2]) {
    await put(scene, `listdeletedsecrettest${at}`, { contentType: 'plainText' })
    await remove(scene, `listdeletedsecrettest${at}`)
  }
  const { body } = await scene.call('GET', '/deletedsecrets?maxresults=1')
  const next = new URL((body as { nextLink: string }).nextLink)
  return { $skiptoken: next.searchParams.get('$skiptoken') ?? 'missing' }
}

const backedUp = async (scene: Scene): Promise<Instead> => {
  const attributes = { nbf: 1_262_332_800, exp: 1_893_484_800 }
  const name = 'SecretBackupRestoreTest'
  await put(scene, name, { contentType: 'text', attributes })
  const { body } = await scene.call('POST', `/secrets/${name}/backup`)
  await remove(scene, name)
  await scene.call('DELETE', `/deletedsecrets/${name}`)
  scene.clock.advance(600_000)
  return { parameters: { value: (body as { value: string }).value } }
}

/** By the example's name: what it presupposes of the vault. */
export const vaultStates: Readonly<Record<string, State>> = {
  BackupSecret: existing,
  DeleteSecret: existing,
  GetDeletedSecret: deleted,
  GetDeletedSecrets: {
    is: 'three secrets were deleted, and the token is that of the second page',
    bring: threeDeleted,
  },
  GetSecret: existing,
  GetSecrets: {
    is: 'two secrets exist',
    bring: async scene => {
      for (const at of [0, 1]) await put(scene, `listsecrettest${at}`, { contentType: 'plainText' })
      return asWritten
    },
  },
  GetSecretVersions: {
    is: 'the secret has two versions',
    bring: async scene => {
      await put(scene, nameOf(scene))
      await put(scene, nameOf(scene))
      return asWritten
    },
  },
  PurgeDeletedSecret: deleted,
  RecoverDeletedSecret: deleted,
  RestoreSecret: {
    is: 'the vault made the backup itself, as no other can read it; the secret is purged',
    bring: backedUp,
  },
  SetSecret: { is: 'an empty vault' },
  UpdateSecret: existing,
}
