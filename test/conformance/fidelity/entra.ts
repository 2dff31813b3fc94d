import { type Section, sim } from './row.ts'

const flow = 'https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow'
const codes = 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes'

export const entra: Section = {
  title: 'Entra ID',
  rows: [
    {
      rule: 'Discovery names the authority to the letter, and where tokens and keys are.',
      routes: [
        'GET /:tenant/v2.0/.well-known/openid-configuration',
        'GET /:tenant/.well-known/openid-configuration',
        'GET /:tenant/discovery/v2.0/keys',
      ],
      sources: ['https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc'],
      heldBy: [sim('entra/entra.test.ts', 'discovery names the authority to the letter')],
    },
    {
      rule: 'A client secret buys a token for ARM or the vault.',
      routes: ['POST /:tenant/oauth2/v2.0/token'],
      sources: [flow],
      heldBy: [
        sim('entra/entra.test.ts', 'a client secret buys a token that ARM accepts'),
        sim('entra/entra.test.ts', 'a token names audience, tenant, application and object'),
      ],
    },
    {
      rule: 'A projected service account token is exchanged for the workload identity.',
      sources: ['https://learn.microsoft.com/entra/workload-id/workload-identity-federation'],
      heldBy: [
        sim(
          'entra/entra.test.ts',
          'a projected service account token is exchanged for the workload identity',
        ),
        sim(
          'entra/entra.test.ts',
          'DefaultAzureCredential finds its way by environment variables alone',
        ),
      ],
    },
    {
      rule: 'Refusals carry the published AADSTS codes.',
      sources: [codes],
      heldBy: [
        sim('entra/entra.test.ts', 'a wrong client secret is refused with the published code'),
        sim('entra/entra.test.ts', 'an unknown application and an unknown resource are refused'),
        sim('entra/entra.test.ts', 'another tenant does not exist'),
      ],
    },
    {
      rule: 'A token that expired, was changed or comes from another authority is refused by ARM and the vault.',
      sources: ['https://learn.microsoft.com/entra/identity-platform/access-tokens'],
      heldBy: [
        sim('entra/tokens.test.ts', 'a token that expired is refused by ARM and by the vault'),
        sim('entra/tokens.test.ts', 'a token with its claims changed is refused'),
        sim(
          'entra/tokens.test.ts',
          'a token of another authority is refused, though it says the same',
        ),
      ],
    },
    {
      rule: 'Grants match actions in any case, with * for anything.',
      sources: ['https://learn.microsoft.com/azure/role-based-access-control/role-definitions'],
      heldBy: [sim('entra/principals.test.ts', 'grants match as Azure RBAC matches them')],
    },
    {
      rule: 'Keys are published before they sign, and stay after it; also at the address of v1.0.',
      routes: ['GET /:tenant/discovery/keys'],
      sources: ['https://learn.microsoft.com/entra/identity-platform/signing-key-rollover'],
      heldBy: [
        sim('entra/rotation.test.ts', 'anybody can verify a token with the published keys'),
        sim(
          'entra/rotation.test.ts',
          'the next signing key is published before it signs, the former stays',
        ),
      ],
    },
    {
      rule: 'A managed identity asks for its token where App Service says.',
      routes: ['GET /msi/token'],
      sources: [
        'https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference',
      ],
      heldBy: [
        sim('entra/rotation.test.ts', 'a managed identity is asked for where App Service says'),
      ],
    },
    {
      rule: 'A registered certificate buys a token; what is wrong with an assertion has its own code.',
      sources: [flow, codes],
      heldBy: [
        sim('entra/certificate.test.ts', 'a registered certificate buys a token that ARM accepts'),
        sim('entra/certificate.test.ts', 'each thing wrong with an assertion has its own code'),
      ],
    },
  ],
}
