import { type Section, sim } from './row.ts'

export const cosmosRegions: Section = {
  title: 'Cosmos DB: regions',
  rows: [
    {
      rule: 'The account read names each region with its own endpoint, and the SDK goes there.',
      routes: ['GET account', 'HEAD account'],
      sources: ['https://learn.microsoft.com/rest/api/cosmos-db/get-database-account'],
      heldBy: [
        sim('cosmos/regions.test.ts', 'the account read names each region with its own endpoint'),
        sim(
          'cosmos/regions.test.ts',
          'requests go to the regions that the account names, not to the endpoint given',
        ),
      ],
    },
    {
      rule: 'A write to a region that only reads is 403 with substatus 3.',
      sources: ['cosmos/errors.json#substatusTable'],
      heldBy: [
        sim(
          'cosmos/regions.test.ts',
          'a write to a region that only reads is forbidden with substatus 3',
        ),
      ],
    },
    {
      rule: 'The SDK follows the write region when it moves.',
      sources: [
        'https://learn.microsoft.com/azure/cosmos-db/conceptual-resilient-sdk-applications',
      ],
      heldBy: [sim('cosmos/regions.test.ts', 'the SDK follows the write region when it moves')],
    },
    {
      rule: 'Which region changes keys first after a regeneration, and that there are times in which a region takes neither key, or both.',
      sources: ['cosmos/errors.json#rotationBehaviour'],
      assumed:
        'The order is not documented. Any region may refuse either key at any moment of the operation.',
      knob: 'regeneration.spreadMs, gapMs, overlapMs, flaps, flapMs, oldReadsMs',
      heldBy: [
        sim(
          'account/regions-in-rough-weather.test.ts',
          'each region changes keys at its own scheduled time, and all in the end',
        ),
        sim(
          'weather/propagation.test.ts',
          'over many seeds there are gaps and overlaps, and either region comes first',
        ),
      ],
    },
  ],
}
