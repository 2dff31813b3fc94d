import t from 'tap'
import { actions, grants } from '../../src/entra/principals.ts'

t.test('grants match as Azure RBAC matches them', async t => {
  t.ok(grants([actions.listKeys], actions.listKeys))
  t.notOk(grants([actions.listKeys], actions.regenerateKey))
  t.ok(grants(['*'], actions.secretSet))
  t.ok(grants(['Microsoft.DocumentDb/databaseAccounts/*'], actions.regenerateKey), 'in any case')
  t.notOk(grants(['Microsoft.DocumentDb/databaseAccounts/*'], actions.secretGet))
  t.ok(grants(['Microsoft.KeyVault/vaults/secrets/*/action'], actions.secretGet))
  t.notOk(grants(['Microsoft.KeyVault/vaults/secrets/*/action'], actions.secretDelete))
  t.notOk(
    grants(['MicrosoftXDocumentDB/databaseAccounts/read'], actions.accountRead),
    'a dot is a dot',
  )
  t.notOk(grants([], actions.accountRead))
})
