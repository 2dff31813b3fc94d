import t from 'tap'
import {
  coordinatorDataActions,
  coordinatorRole,
  sidecarDataActions,
} from '../../packages/coordinator/src/doctor/rights.ts'
import { textOf } from './manifests.ts'

const roleIn = (file: string) => JSON.parse(textOf(`deploy/azure/${file}`))
const account =
  '/subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.DocumentDB/databaseAccounts/A'

t.test('the coordinator’s role is the one that the doctor asks for', async t => {
  t.same(roleIn('coordinator-role.json'), coordinatorRole(account))
})

t.test('roles in Key Vault hold what the parts do to a keyset', async t => {
  const writer = roleIn('keyset-writer-role.json')
  const reader = roleIn('keyset-reader-role.json')
  t.same(writer.DataActions, coordinatorDataActions)
  t.same(reader.DataActions, sidecarDataActions)
  for (const role of [writer, reader]) {
    t.same([role.Actions, role.NotActions, role.NotDataActions], [[], [], []])
    t.equal(role.IsCustom, true)
  }
})

t.test('each file is created, and each role assigned, as the page says', async t => {
  const page = textOf('deploy/README.md')
  for (const file of ['coordinator-role', 'keyset-writer-role', 'keyset-reader-role']) {
    t.match(page, `--role-definition deploy/azure/${file}.json`)
    t.match(page, `--role "${roleIn(`${file}.json`).Name}"`)
  }
})
