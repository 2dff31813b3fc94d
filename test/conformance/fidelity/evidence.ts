import { house, type Section, sim } from './row.ts'

/** What the whole is held against; the sections after it tell it rule by rule. */
export const evidence: Section = {
  title: 'Held against what nobody here wrote',
  rows: [
    {
      rule: 'Every published signature is accepted, and refused when any one byte of signature, date, verb, link, type or key differs.',
      sources: ['cosmos/vectors.json'],
      heldBy: [
        house('conformance/vectors.test.ts', 'every published signature is accepted'),
        house(
          'conformance/vectors.test.ts',
          'every published request is let in over HTTP, at its own time',
        ),
        house(
          'conformance/vectors.test.ts',
          'with any one byte changed, every one of them is refused',
        ),
      ],
    },
    {
      rule: 'Every answer of ARM and the vault, in every test and in every process that a test starts, keeps its OpenAPI schema; unknown properties are complaints.',
      sources: [
        'arm/swagger/stable/2024-08-15/cosmos-db.json',
        'arm/swagger/preview/2024-09-01-preview/cosmos-db.json',
        'arm/2026-03-15/openapi.regenerateKey.fragment.json',
        'arm/2026-04-01-preview/keysMetadata.json',
        'keyvault/stable/7.5/secrets.json',
        'keyvault/preview/7.6-preview.1/secrets.json',
        'arm/common-types-v6.json',
      ],
      heldBy: [
        house(
          'conformance/schemas.test.ts',
          'Microsoft’s own examples keep the schemas that answers are held against',
        ),
        house(
          'conformance/schemas.test.ts',
          'any one property of any example, misspelt, is a complaint',
        ),
        house(
          'conformance/schemas.test.ts',
          'any one value of any example, of another type, is a complaint',
        ),
        house(
          'conformance/schemas.test.ts',
          'a process whose answer breaks its schema says so and fails',
        ),
      ],
    },
    {
      rule: 'A version without a published file here is judged by the nearest file of its kind.',
      assumed:
        'Versions only add properties: an older one is so judged too kindly, a newer one too strictly, which shows at once.',
      knob: null,
      heldBy: [
        house(
          'conformance/schemas.test.ts',
          'Microsoft’s own examples keep the schemas that answers are held against',
        ),
      ],
    },
    {
      rule: 'Every official example, sent as a request, is answered with its status, headers and fields, and followed to its final status.',
      sources: [
        'arm/swagger/stable/2024-08-15/examples',
        'arm/swagger/preview/2024-09-01-preview/examples',
        'keyvault/stable/7.5/examples',
        'keyvault/preview/7.6-preview.1/examples',
      ],
      heldBy: [
        house(
          'conformance/examples.test.ts',
          'the state that each official example presupposes is told',
        ),
      ],
    },
    {
      rule: 'The recorded regeneration is replayed step by step, header by header.',
      sources: ['arm/recordings/regenerateKey-real-service.json'],
      heldBy: [
        house('conformance/recordings.test.ts', 'the recorded operation, step by step'),
        house(
          'conformance/recordings.test.ts',
          'each recorded duration, and what differs after all four',
        ),
        house('conformance/recordings.test.ts', 'the recorded challenge of a vault'),
      ],
    },
    {
      rule: 'Each recorded refusal is compared field by field in the situation that brings it about.',
      sources: ['cosmos/errors.json', 'keyvault/errors-and-challenge.json'],
      heldBy: [
        house(
          'conformance/errors.test.ts',
          'each recorded refusal of the data plane, in its situation',
        ),
        house('conformance/errors.test.ts', 'each recorded clock is refused with its own times'),
        house(
          'conformance/errors.test.ts',
          'each substatus of the table, in a situation that brings it about',
        ),
        house('conformance/errors.test.ts', 'each recorded refusal of the vault, in its situation'),
      ],
    },
    {
      rule: 'Any method, path, header and body gets an answer that the service could give.',
      sources: ['https://learn.microsoft.com/rest/api/cosmos-db/http-status-codes-for-cosmosdb'],
      heldBy: [
        sim('cosmos/fuzz.test.ts', 'any request at all gets an answer that the service could give'),
        sim('fuzz.test.ts', 'after all that, everything still works'),
      ],
    },
  ],
}
