import { EncryptionQueryBuilder } from '@azure/cosmos'
import { refused, type Scene } from '../row.ts'

const metadata = {
  type: 'keyturn-test',
  name: 'k',
  value: 'https://vault.example/keys/k/1',
  algorithm: 'RSA-OAEP',
} as never

const encrypted = ({ encrypting }: Scene) => encrypting.container('encrypted')

export const encryptionRows = [
  refused(
    'Database.createClientEncryptionKey',
    'is told that the simulator has none',
    ({ encrypting }) =>
      encrypting.createClientEncryptionKey(
        'cek',
        'AEAD_AES_256_CBC_HMAC_SHA256' as never,
        metadata,
      ),
  ),
  refused(
    'Database.readClientEncryptionKey',
    'is told that the simulator has none',
    ({ encrypting }) => encrypting.readClientEncryptionKey('cek'),
  ),
  refused(
    'Database.rewrapClientEncryptionKey',
    'is told that the simulator has none',
    ({ encrypting }) => encrypting.rewrapClientEncryptionKey('cek', metadata),
  ),
  refused('Container.initializeEncryption', 'is told that the simulator has none', scene =>
    encrypted(scene).initializeEncryption(),
  ),
  refused(
    'Items.getEncryptionQueryIterator',
    'is told that the simulator has none',
    async scene => {
      const builder = new EncryptionQueryBuilder('SELECT * FROM c WHERE c.secret = @s')
      builder.addParameter('@s', 'text', '/secret')
      const iterator = await encrypted(scene).items.getEncryptionQueryIterator(builder)
      return iterator.fetchAll()
    },
  ),
]
