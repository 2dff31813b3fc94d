import { type Section, sim } from './row.ts'

const quotas = 'https://learn.microsoft.com/azure/cosmos-db/concepts-limits'
const recordings =
  'https://github.com/Azure/azure-cli/tree/dev/src/azure-cli/azure/cli/command_modules/cosmosdb/tests/latest/recordings'
const attributes = 'https://learn.microsoft.com/azure/key-vault/secrets/about-secrets'

/** What holds of an account, a vault and a tenant beside their operations one by one. */
export const management: Section = {
  title: 'Management in bad times',
  rows: [
    {
      rule: 'A failed creation or update may have had its effect.',
      assumed: 'Nothing is published; the recorded ones all succeed, an update after 30 s.',
      knob: 'management.durationMs, management.failRate, management.failedEffect',
      heldBy: [sim('arm/lifecycle.test.ts', 'a failed update may have had its effect, or not')],
    },
    {
      rule: 'PUT of another name is refused: the subscription has its one account.',
      sources: [quotas],
      assumed: 'That accounts are limited is published, neither status nor text of the refusal.',
      knob: null,
      heldBy: [
        sim(
          'arm/lifecycle.test.ts',
          'PUT of the account that is there changes it, of another name is refused',
        ),
      ],
    },
    {
      rule: 'An account lists its keys 500 times in five minutes, fails over ten times an hour, and does 500 other things in five minutes.',
      sources: [quotas],
      assumed: 'The limits are published; that they refuse with 429 TooManyRequests is not.',
      knob: 'limits',
      heldBy: [
        sim(
          'limits.test.ts',
          'an account lists its keys 500 times in five minutes, and does as much else',
        ),
        sim('limits.test.ts', 'the write region moves ten times an hour'),
        sim('limits.test.ts', 'deletions are counted apart'),
      ],
    },
    {
      rule: 'A read-only lock refuses every write, listKeys among them; a lock against deletion that alone: 409 ScopeLocked.',
      sources: [
        'https://github.com/Azure/azure-sdk-for-java/issues/2560',
        'https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources',
      ],
      heldBy: [
        sim(
          'arm/locks.test.ts',
          'a read-only lock refuses every write, listKeys among them, in the recorded words',
        ),
        sim('arm/locks.test.ts', 'a lock against deletion refuses that alone'),
      ],
    },
    {
      rule: 'Locks are listed where they lie and below, never where they are inherited.',
      routes: [
        'GET {account}/providers/Microsoft.Authorization/locks',
        'GET {group}/providers/Microsoft.Authorization/locks',
        'GET /subscriptions/:subscription/providers/Microsoft.Authorization/locks',
      ],
      sources: ['https://learn.microsoft.com/rest/api/resources/management-locks'],
      heldBy: [
        sim(
          'arm/authorization.test.ts',
          'locks are listed where they lie and below, never where they are inherited',
        ),
      ],
    },
    {
      rule: 'A caller is told what each of its roles grants at the account, where Microsoft.Authorization/permissions/read is granted.',
      routes: ['GET {account}/providers/Microsoft.Authorization/permissions'],
      sources: ['https://learn.microsoft.com/rest/api/authorization/permissions'],
      assumed:
        'That the list takes a grant of its own: the action is published, whether everybody has it is not.',
      knob: 'principals',
      heldBy: [
        sim(
          'arm/authorization.test.ts',
          'a caller is told what each of its roles grants at the account',
        ),
      ],
    },
    {
      rule: 'Each action of ARM is refused by its name where it is not granted, and built-in roles grant what is published.',
      sources: ['https://learn.microsoft.com/azure/role-based-access-control/built-in-roles'],
      heldBy: [
        sim(
          'entra/rotation.test.ts',
          'each action of ARM is refused by its name where it is not granted',
        ),
        sim('entra/rotation.test.ts', 'Azure’s built-in roles grant what they grant, and no more'),
      ],
    },
    {
      rule: 'What is stored counts as used storage.',
      assumed: 'Bytes as the simulator keeps them: the service counts its indexes, too.',
      knob: null,
      heldBy: [sim('arm/metrics.test.ts', 'what is stored counts as used')],
    },
    {
      rule: 'Each api-version shows the properties that it knows.',
      sources: [recordings, 'arm/swagger/preview/2024-09-01-preview/cosmos-db.json'],
      assumed: 'In which version between two documents or recordings a property appeared.',
      knob: null,
      heldBy: [
        sim('arm/lifecycle.test.ts', 'what changes nothing in the simulator is kept and shown'),
        sim('arm/versions.test.ts', 'each version shows the properties that it knows'),
      ],
    },
    {
      rule: 'A secret outside its dates is still given out.',
      sources: [attributes, 'https://github.com/Azure/AzureKeyVault/issues/19'],
      heldBy: [
        sim('vault/rules.test.ts', 'a secret outside its dates is still given out, as published'),
      ],
    },
    {
      rule: 'previousVersion is absent: only secrets that back a certificate have it.',
      sources: ['@azure/keyvault-secrets dist/esm/secretsModels.d.ts'],
      heldBy: [sim('vault/rules.test.ts', 'each version shows the fields that it knows')],
    },
    {
      rule: 'Values, content types and tags are as long as published.',
      sources: [attributes, 'https://github.com/Azure/azure-cli/issues/5639'],
      assumed: 'The text for values is recorded; that of the others is that of any wrong property.',
      knob: null,
      heldBy: [
        sim('vault/rules.test.ts', 'published limits hold for content types, tags and values'),
      ],
    },
    {
      rule: 'An unknown api-version of the vault is refused in the recorded words.',
      sources: ['https://github.com/Azure/azure-sdk-for-net/issues/14789'],
      heldBy: [
        sim('vault/rules.test.ts', 'an unknown api-version is refused in the recorded words'),
      ],
    },
    {
      rule: 'A $skiptoken names the entry to go on from.',
      sources: ['keyvault/stable/7.5/examples/GetDeletedSecrets-example.json'],
      heldBy: [
        sim('vault/rules.test.ts', 'a $skiptoken of the published examples continues by name'),
        sim(
          'vault/rules.test.ts',
          'a page goes on where it was, whatever came before it meanwhile',
        ),
      ],
    },
    {
      rule: 'For a while after a deletion, a recovery or a purge a name is neither here nor there: 404, and 409 to whoever would use it.',
      sources: [
        'https://github.com/hashicorp/terraform-provider-azurerm/issues/10454',
        'https://github.com/hashicorp/terraform-provider-azurerm/issues/12285',
        'https://github.com/Azure/azure-sdk-for-net/issues/26027',
      ],
      assumed: 'How long: 1 to 5 s were seen, nothing is published.',
      knob: 'weather.vault.deleteMs, weather.vault.recoverMs, weather.vault.purgeMs',
      heldBy: [
        sim('vault/replicas.test.ts', 'a secret that is being deleted is neither here nor there'),
        sim(
          'vault/replicas.test.ts',
          'a name is free only some time after its purge, as is one that is recovered',
        ),
      ],
    },
    {
      rule: 'For a while after a set a replica may still serve the version before.',
      assumed: 'Not documented for a vault that serves from its own region; 0 by default.',
      knob: 'weather.vault.staleMs, weather.vault.staleRate',
      heldBy: [
        sim('vault/replicas.test.ts', 'for a while a replica still serves the version before'),
        sim('vault/replicas.test.ts', 'by default every read sees the last set'),
      ],
    },
    {
      rule: 'A token of a signing key that was taken back is refused, by the vault with AKV10046.',
      sources: ['https://github.com/hashicorp/terraform-provider-azurerm/issues/30912'],
      heldBy: [
        sim(
          'entra/rotation.test.ts',
          'a retired key takes its tokens with it, in the recorded words',
        ),
      ],
    },
    {
      rule: 'An expired token is refused by ARM with both times.',
      sources: ['https://learn.microsoft.com/azure/role-based-access-control/troubleshooting'],
      heldBy: [sim('entra/rotation.test.ts', 'an expired token is refused in the recorded words')],
    },
    {
      rule: 'A good token may be called expired; others are given a short life.',
      assumed: 'Microsoft names neither; a client must ask for a new one and go on.',
      knob: 'weather.*.expiredRate, weather.entra.shortLifeRate, weather.entra.shortLifeSeconds',
      heldBy: [
        sim(
          'weather/tokens-and-clocks.test.ts',
          'a good token may be called expired, by ARM and by the vault',
        ),
        sim('weather/tokens-and-clocks.test.ts', 'some tokens live shorter than others'),
      ],
    },
    {
      rule: 'A server error may hide that the call took effect.',
      assumed: 'A gateway in front of a service may give up first; nothing rules it out.',
      knob: 'weather.*.brokenRate',
      heldBy: [
        sim(
          'weather/tokens-and-clocks.test.ts',
          'a server error may hide that the call took effect',
        ),
      ],
    },
    {
      rule: 'ARM, the vault and Entra may each have a clock that is off: in their answers’ dates and in what tokens they take and give.',
      assumed: 'Their clocks are good; a client may find its own to be the wrong one.',
      knob: 'weather.arm.skewMs, weather.vault.skewMs, weather.entra.skewMs',
      heldBy: [
        sim(
          'weather/tokens-and-clocks.test.ts',
          'a service whose clock is off says so in its answers, and in what it takes',
        ),
      ],
    },
    {
      rule: 'The same seed and the same calls meet the same faults in any process.',
      assumed: 'Azure has no seed: it stands outside of what is simulated.',
      knob: 'seed',
      heldBy: [
        sim(
          'weather/replay.test.ts',
          'the same seed and the same calls meet the same faults, in any process',
        ),
      ],
    },
    {
      rule: 'Each management call is witnessed: caller, verb, path, status, fault; and nothing secret.',
      assumed: 'Azure has no such witness: it stands outside of what is simulated.',
      knob: 'witness',
      heldBy: [
        sim(
          'witnessed-calls.test.ts',
          'each ARM call is witnessed: who, what, where and what came of it',
        ),
        sim('witnessed-calls.test.ts', 'each vault call is witnessed likewise'),
        sim(
          'witnessed-calls.test.ts',
          'no secret is in it: no key, value, token or client’s secret',
        ),
      ],
    },
    {
      rule: 'Whatever is asked, the answer is one that the service could give, in its own shape.',
      sources: ['arm/common-types-v6.json', 'keyvault/stable/7.5/common.json'],
      heldBy: [sim('fuzz.test.ts', 'after all that, everything still works')],
    },
  ],
}
