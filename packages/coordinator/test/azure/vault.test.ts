import { randomBytes } from 'node:crypto'
import type { KeysetDocument } from '@keyturn/protocol'
import t from 'tap'
import { openVault } from '../../src/azure/vault.ts'
import { startAzure } from '../support.ts'

const key = () => randomBytes(64).toString('base64')

const open = async (t: import('tap').Test) => {
  const azure = await startAzure(t)
  const { accountId: account, vaultUrl: url, credential, endpoint } = azure
  const vault = openVault({ account, url, secretName: 'keyset', credential })
  const document: KeysetDocument = {
    schema: 'keyturn/v1',
    account,
    endpoint,
    pair: 'readWrite',
    installation: 'here',
    version: 3,
    active: 'secondary',
    fenced: ['primary'],
    keys: { primary: key(), secondary: key() },
  }
  return { azure, vault, document }
}

t.test('nothing there is not an error', async t => {
  const { vault } = await open(t)
  t.same(await vault.read(), { latest: null, foreign: false })
})

t.test('what was written is read back by name, not by value', async t => {
  const { vault, document } = await open(t)
  await vault.write(document)
  const read = await vault.read()
  t.match(read.latest, {
    version: 3,
    active: 'secondary',
    fenced: ['primary'],
    installation: 'here',
  })
  t.notMatch(JSON.stringify(read), document.keys.primary)
})

t.test('another account’s keyset, or no keyset at all, is foreign', async t => {
  const { vault, document, azure } = await open(t)
  const account = document.account.replace(/[^/]+$/, 'another')
  await vault.write({ ...document, account })
  t.same(await vault.read(), { latest: null, foreign: true })
  const { accountId, vaultUrl: url, credential } = azure
  const other = openVault({ account: accountId, url, secretName: 'plain', credential })
  await other.write(document)
  t.equal((await other.read()).foreign, false)
})

t.test('a vault that does not answer ends neither a turn nor the coordinator', async t => {
  const { azure, document } = await open(t)
  const { accountId: account, vaultUrl: url, credential } = azure
  const vault = openVault({ account, url, secretName: 'keyset', credential, withinMs: 500 })
  const stall = () =>
    azure.weather.once({ service: 'vault', fault: 'none', path: 'keyset', delayMs: 60_000 })
  stall()
  await t.rejects(vault.read(), { name: 'AbortError' })
  stall()
  await t.rejects(vault.write(document), { name: 'AbortError' })
})
