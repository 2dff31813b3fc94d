import { type Section, sim } from './row.ts'

const spec = 'keyvault/stable/7.5/secrets.json'
const evidence = 'keyvault/errors-and-challenge.json'

export const vault: Section = {
  title: 'Key Vault',
  rows: [
    {
      rule: 'The first answer is a challenge that names authority and resource.',
      sources: [`${evidence}#challenge`],
      heldBy: [sim('vault/vault.test.ts', 'the challenge is as recorded')],
    },
    {
      rule: 'Secrets are set and read, the latest version or one that is named.',
      routes: [
        ...['PUT /secrets/:name', 'GET /secrets/:name', 'GET /secrets/:name/'],
        'GET /secrets/:name/:version',
      ],
      sources: [`${spec}#SetSecret`, `${spec}#GetSecret`],
      heldBy: [
        sim('vault/vault.test.ts', 'a secret is set and read back with its properties'),
        sim(
          'vault/vault.test.ts',
          'the latest version is what get without a version gives; older ones stay',
        ),
      ],
    },
    {
      rule: 'Secrets and versions come in pages, without values.',
      routes: ['GET /secrets', 'GET /secrets/:name/versions'],
      sources: [`${spec}#GetSecrets`, `${spec}#GetSecretVersions`],
      heldBy: [
        sim('vault/vault.test.ts', 'versions and secrets come in pages'),
        sim('vault/vault.test.ts', 'lists never hold a value'),
      ],
    },
    {
      rule: 'Versions are listed in the order of their ids, which tells nothing of their age.',
      sources: [`${spec}#GetSecretVersions`],
      assumed: 'The service promises no order; a caller that relies on one must fail here.',
      knob: null,
      heldBy: [sim('vault/vault.test.ts', 'versions and secrets come in pages')],
    },
    {
      rule: 'A version’s properties are updated, its value never.',
      routes: ['PATCH /secrets/:name/', 'PATCH /secrets/:name/:version'],
      sources: [`${spec}#UpdateSecret`],
      heldBy: [sim('vault/vault.test.ts', 'a version’s properties are updated, its value is not')],
    },
    {
      rule: 'A disabled secret is 403 with SecretDisabled.',
      sources: ['https://learn.microsoft.com/azure/key-vault/general/rest-error-codes'],
      heldBy: [sim('vault/vault.test.ts', 'a disabled secret is not given out')],
    },
    {
      rule: 'A deleted secret keeps its name until it is recovered or purged.',
      routes: [
        ...['DELETE /secrets/:name', 'GET /deletedsecrets', 'GET /deletedsecrets/:name'],
        ...['POST /deletedsecrets/:name/recover', 'DELETE /deletedsecrets/:name'],
      ],
      sources: [`${spec}#DeleteSecret`, `${evidence}#errors`],
      heldBy: [
        sim('vault/vault.test.ts', 'deleted, its name taken, recovered, deleted again, purged'),
        sim('vault/vault.test.ts', 'what is not there is SecretNotFound'),
      ],
    },
    {
      rule: 'A backup restores every version, and shows nothing to whoever holds it.',
      routes: ['POST /secrets/:name/backup', 'POST /secrets/restore'],
      sources: [`${spec}#BackupSecret`, `${spec}#RestoreSecret`],
      heldBy: [
        sim(
          'vault/vault.test.ts',
          'a backup restores every version, and shows nothing to whoever holds it',
        ),
      ],
    },
    {
      rule: 'A vault takes 4,000 transactions in 10 seconds, then 429 with Retry-After.',
      sources: ['https://learn.microsoft.com/azure/key-vault/general/service-limits'],
      heldBy: [
        sim('vault/limits.test.ts', 'the vault refuses the 4,001st transaction in ten seconds'),
      ],
    },
    {
      rule: 'A token for another audience is 401 AKV10022.',
      sources: [`${evidence}#errors`],
      heldBy: [sim('vault/vault.test.ts', 'a token for another audience is refused by its name')],
    },
    {
      rule: 'An expired or broken token is 401 AKV10001.',
      sources: [`${evidence}#errors`],
      assumed: 'The code is published in forum posts, the rest of the sentence is not.',
      knob: null,
      heldBy: [
        sim('entra/tokens.test.ts', 'a token that expired is refused by ARM and by the vault'),
      ],
    },
    {
      rule: 'A caller without the role is 403 ForbiddenByRbac.',
      sources: ['https://learn.microsoft.com/azure/key-vault/general/rbac-guide'],
      heldBy: [sim('vault/vault.test.ts', 'the reader may get and nothing else')],
    },
    {
      rule: 'A write by a caller without the role is 403, whatever its body is; with the role, a body without a value is 400.',
      assumed:
        'That rights come before the form of the body: Microsoft does not say in which order.',
      knob: null,
      heldBy: [
        sim('vault/vault.test.ts', 'rights are looked at before the form of what is to be written'),
      ],
    },
  ],
}
